using System.Reflection;
using Xunit.Sdk;

namespace ProjectedGan.Testing;

/// <summary>The cases of a runner as theory data: in every golden folder every case, once in each precision.</summary>
/// <remarks>Beside it stands <see cref="GoldenGapsAttribute"/>, so that a theory has rows whatever the folders hold.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenCasesAttribute(string runner) : DataAttribute
{
    public string Runner => runner;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Rows(GoldenFolder.All, runner);

    /// <summary>The rows of some folders.</summary>
    public static IEnumerable<object[]> Rows(IEnumerable<GoldenFolder> folders, string runner) =>
        from folder in folders
        from item in folder.Manifest.Cases
        where item.Runner == runner
        from precision in Enum.GetValues<GoldenPrecision>()
        select new object[] { folder.Identity(item), precision };
}

/// <summary>What a runner cannot run, as skipped rows that say why: folders without such cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenGapsAttribute(string runner) : DataAttribute
{
    public string Runner => runner;

    public override string Skip => "Not run; the name says why.";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Rows(GoldenFolder.All, runner);

    /// <summary>The rows of some folders.</summary>
    public static IEnumerable<object[]> Rows(IEnumerable<GoldenFolder> folders, string runner)
    {
        foreach (var folder in folders)
        {
            if (folder.Manifest.Cases.All(item => item.Runner != runner))
            {
                yield return [$"{folder.Name} has no case of '{runner}'.", GoldenPrecision.Float64];
            }
        }
    }
}
