using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Sweeps;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>The ready specs of experiments/.</summary>
public class ExperimentFilesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "experiments");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_ExpandsToSeveralValidRuns(string file)
    {
        var runs = SweepFile.Load(Path.Combine(Folder, file), []);

        Assert.True(runs.Count > 1, $"{file} is one run.");
        Assert.All(runs, run => Assert.Empty(TrainingSpecValidator.Validate(run.Spec)));
        Assert.All(runs, run => Assert.NotEmpty(run.Spec.Features.Weights));
    }

    [Fact]
    public void Small_HasEachExperimentAndOnlyTheDemosNetwork()
    {
        string[] small = [.. Directory.GetFiles(Path.Combine(Folder, "small")).Select(file => Path.GetFileName(file)).Order()];

        Assert.Equal(Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order(), small);
        Assert.All(small.SelectMany(file => SweepFile.Load(Path.Combine(Folder, "small", file), [])), run =>
            Assert.Contains(run.Spec.Features.Weights, (string[])["mobilenet_v2", FeatureSpec.RandomWeights]));
    }
}
