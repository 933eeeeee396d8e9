using System.Reflection;

namespace ProjectedGan.Hosting.Serving;

/// <summary>The version of this build.</summary>
public static class ProductVersion
{
    /// <summary>With the commit where the build knew it, for example 0.1.0+1a2b3c.</summary>
    public static string Full { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Without the commit.</summary>
    public static string Release { get; } = ReleaseOf(Full);

    /// <summary>A version without its commit.</summary>
    public static string ReleaseOf(string version) => version.Split('+', 2)[0];
}
