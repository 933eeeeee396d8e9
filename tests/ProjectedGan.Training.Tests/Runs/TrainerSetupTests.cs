using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Testing;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

public class TrainerSetupTests
{
    [Fact]
    public void Create_WrongSpec_ListsProblems()
    {
        var spec = Tiny.Spec() with { Batch = 3, Replicas = 2 };

        Assert.Contains("batch 3 is not divisible", Fail<SpecException>(spec, new MemoryDataset()), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OtherResolution_NamesBoth() => Assert.Contains(
        "data.resolution is 64, but the images of 'memory' are 128 pixels a side; set it to 128",
        Fail<SpecException>(Tiny.Spec(), new MemoryDataset(resolution: 128)), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "has no labels in dataset.json")]
    [InlineData(5, "has labels of 5 classes; set it to 5")]
    [InlineData(2, "has labels of 2 classes; set it to 2")]
    public void Create_LabelsDoNotFit_SaysHow(int classes, string expected)
    {
        var spec = Tiny.Spec();
        spec = spec with { Data = spec.Data with { Classes = 3 }, Generator = spec.Generator with { Conditional = true } };

        Assert.Contains(expected, Fail<SpecException>(spec, new MemoryDataset(classes: classes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NoFeatureWeights_SaysWhatToGive()
    {
        var spec = Tiny.Spec();

        Assert.Contains("features.weights is empty; give a weights file of mobilenet_v2, or 'random'.",
            Fail<SpecException>(spec with { Features = spec.Features with { Weights = "" } }, new MemoryDataset()), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MissingWeightsFile_NamesIt()
    {
        var spec = Tiny.Spec();

        Assert.Contains("no-such-file.safetensors",
            Fail<PganException>(spec with { Features = spec.Features with { Weights = "no-such-file.safetensors" } }, new MemoryDataset()),
            StringComparison.Ordinal);
    }

    [NoGpuFact]
    public void Create_CudaWithoutDevice_SaysSo()
    {
        var spec = Tiny.Spec();

        Assert.Contains("execution.device is cuda, but no GPU can be used",
            Fail<UsageException>(spec with { Execution = spec.Execution with { Device = DeviceKind.Cuda } }, new MemoryDataset()), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_PartOfTheReplicasAlone_SaysSo() => Assert.Contains(
        "needs an exchange",
        Fail<UsageException>(Tiny.Spec(replicas: 2), new MemoryDataset(), new TrainerOptions { Hosted = new ReplicaRange(0, 1) }), StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 1)]
    public void Cluster_MoreWorkersThanReplicas_SaysSo(params int[] hosted)
    {
        using var dataset = new MemoryDataset();

        var error = Assert.Throws<UsageException>(() =>
            InProcessCluster.Run(Tiny.Spec(replicas: 2), dataset, hosted, null, CancellationToken.None));

        Assert.Contains("use at most 2 workers", error.Message, StringComparison.Ordinal);
    }

    private static string Fail<T>(TrainingSpec spec, MemoryDataset dataset, TrainerOptions? options = null)
        where T : Exception => Assert.ThrowsAny<T>(() => Trainer.Create(spec, dataset, options)).Message;
}
