using ProjectedGan.Foundation;
using ProjectedGan.Specification.Metrics;

namespace ProjectedGan.Evaluation.Tests;

public sealed class EvaluationOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreFine() => new EvaluationOptions().Validate();

    [Fact]
    public void Validate_SeveralProblems_NamesEach()
    {
        EvaluationOptions options = new()
        {
            Metrics = [MetricKind.PrecisionRecall, MetricKind.PrecisionRecall],
            Samples = 1,
            BatchSize = 0,
            KernelSubsetSize = 1,
            Resamples = 1,
        };
        var message = Assert.Throws<UsageException>(options.Validate).Message;

        foreach (var expected in new[] { "names one twice", "samples is 1", "batchSize is 0", "kernelSubsetSize is 1", "resamples is 1", "neighbour (3)" })
        {
            Assert.Contains(expected, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Validate_TooFewSamplesForSplits_SaysHowMany() => Assert.Contains(
        "at least splits (10)",
        Assert.Throws<UsageException>(new EvaluationOptions { Metrics = [MetricKind.InceptionScore], Samples = 9 }.Validate).Message,
        StringComparison.Ordinal);
}
