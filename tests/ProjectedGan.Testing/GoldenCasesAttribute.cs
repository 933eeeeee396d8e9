using System.Reflection;
using Xunit.Sdk;

namespace ProjectedGan.Testing;

/// <summary>The cases of a runner as theory data: in every golden folder every case that is no exception, once in each precision.</summary>
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
        where item.Runner == runner && GoldenExceptions.ReasonFor(folder, item) is null
        from precision in Enum.GetValues<GoldenPrecision>()
        select new object[] { folder.Identity(item), precision };
}

/// <summary>What a runner cannot run, as skipped rows that say why: a folder without such cases, and each case that is an exception.</summary>
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
            var cases = folder.Manifest.Cases.Where(item => item.Runner == runner).ToArray();
            var reasons = cases.Where(item => GoldenExceptions.ReasonFor(folder, item) is not null)
                .Select(item => $"{folder.Identity(item)}: {GoldenExceptions.ReasonFor(folder, item)}");
            foreach (var reason in cases.Length == 0 ? [$"{folder.Name} has no case of '{runner}'."] : reasons)
            {
                yield return [reason, GoldenPrecision.Float64];
            }
        }
    }
}
