namespace Deployment.Tests.Tools;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>A path in the checkout.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProjectedGan.Distributed.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ProjectedGan.Distributed.sln above {AppContext.BaseDirectory}.");
    }
}
