using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Evaluations;

namespace ProjectedGan.Coordinator.Tests.Evaluations;

public class RecallLossTests
{
    // Distances and recalls of measurements, oldest first; the share of recall that counts as lost, -1 where nothing is said.
    [Theory]
    [InlineData("50 40 30", "0.5 0.45 0.3", 0.4)]
    [InlineData("90 50 45 30", "0.1 0.5 0.45 0.3", 0.4)]
    [InlineData("50 55 30", "0.5 0.45 0.3", 0.4)]
    [InlineData("50 40 30", "0.5 0.49 0.48", 0.04)]
    [InlineData("50 40 30", "0.5 0.2 0", 1)]
    [InlineData("30 40 50", "0.5 0.45 0.3", -1)]
    [InlineData("50 40 50", "0.5 0.45 0.3", -1)]
    [InlineData("50 40 30", "0.5 0.3 0.3", -1)]
    [InlineData("50 40 30", "0.5 0.2 0.3", -1)]
    [InlineData("50 40 30", "0 0 0", -1)]
    [InlineData("50 40", "0.5 0.3", -1)]
    [InlineData("NaN 50 40 30", "0.6 0.5 0.4 0.2", 0.6)]
    [InlineData("50 40 NaN", "0.5 0.4 0.2", -1)]
    public void Of_Measurements_GivesTheShareThatWasLost(string distances, string recalls, double share)
    {
        var loss = RecallLoss.Of(Measured("fd_mobilenet_v2", distances, "recall_mobilenet_v2", recalls));

        Assert.Equal(share, loss?.Share ?? -1, 1e-12);
        Assert.Equal(share > 0.2, loss is { IsCollapse: true });
    }

    [Theory]
    [InlineData(0.01, true)]
    [InlineData(0.069, true)]
    [InlineData(0.071, false)]
    public void Of_FiguresWithSpreads_IsSilentWithinTwiceTheirJointDeviation(double deviation, bool isLoss)
    {
        // 0.5 to 0.3, of which √2 times twice 0.0707 is the half.
        var measured = Measured("fid", "50 40 30", "recall_inception_v3_fid", "0.5 0.4 0.3")
            .Select(metrics => (IReadOnlyList<MetricRecord>)[.. metrics.Select(metric => metric with { StandardDeviation = deviation })]);

        Assert.Equal(isLoss, RecallLoss.Of(measured) is not null);
    }

    [Fact]
    public void Of_FiguresThatCannotBeCompared_LooksAtThoseOfTheNewestOnesKind()
    {
        IReadOnlyList<MetricRecord>[] before = [.. Measured("fd_vgg16", "50 40", "recall_vgg16", "0.9 0.8")];
        IReadOnlyList<MetricRecord>[] now = [.. Measured("fd_mobilenet_v2", "50 40 30", "recall5_mobilenet_v2", "0.5 0.4 0.1")];
        IReadOnlyList<MetricRecord>[] fewer = [.. now.Select(metrics => (IReadOnlyList<MetricRecord>)[.. metrics.Select(metric => metric with { Samples = 10 })])];

        Assert.Null(RecallLoss.Of([.. before, now[0], .. fewer.Take(2)]));
        Assert.Null(RecallLoss.Of([now[0], now[1], fewer[2]]));
        Assert.Equal(0.8, RecallLoss.Of([.. before, [], now[0], before[0], .. now.Skip(1)])!.Share, 1e-12);
        Assert.Null(RecallLoss.Of([[.. now[0].Skip(1)], .. now.Skip(1)]));
    }

    [Fact]
    public void ToString_SaysWhatHappened() => Assert.Equal(
        "Recall falls while the distance improves: over the last 3 measurements recall_x went from 0.5 to 0.3 (-40 %), fd_x from 50 to 30. "
        + "The generator may be giving up kinds of images.",
        RecallLoss.Of(Measured("fd_x", "50 40 30", "recall_x", "0.5 0.45 0.3"))!.ToString());

    private static IEnumerable<IReadOnlyList<MetricRecord>> Measured(string distance, string distances, string recall, string recalls)
        => distances.Split(' ').Zip(recalls.Split(' ')).Select(pair => (IReadOnlyList<MetricRecord>)[Figure(distance, pair.First), Figure(recall, pair.Second)]);

    private static MetricRecord Figure(string name, string value)
        => new() { Metric = name, Value = double.Parse(value, System.Globalization.CultureInfo.InvariantCulture), Samples = 5_000 };
}
