using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Evaluation.Distances;

namespace ProjectedGan.Evaluation.Tests.Curves;

public sealed class MetricsCsvTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pgan-metrics-{Guid.NewGuid():N}.csv");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Append_ThenRead_GivesTheRows()
    {
        MetricRow[] rows = [new(0, "fd_mobilenet_v2", 617.25, 1.0 / 3, 5000), new(0, "recall_mobilenet_v2", 0.5, null, 5000), new(1000, "fd_mobilenet_v2", double.NaN, null, 5000)];
        MetricsCsv.Append(_path, rows[..2]);
        MetricsCsv.Append(_path, rows[2..]);

        Assert.Equal(rows, MetricsCsv.Read(_path));
        Assert.Equal(
            "images,metric,value,standard deviation,generated\n0,fd_mobilenet_v2,617.25,0.3333333333333333,5000\n0,recall_mobilenet_v2,0.5,,5000\n1000,fd_mobilenet_v2,NaN,,5000\n",
            File.ReadAllText(_path));
    }

    [Fact]
    public void Resume_DropsRowsOfWorkDoneAgain_AndACutLine()
    {
        MetricsCsv.Append(_path, [new(0, "is", 2, 0.1, 50), new(1000, "is", 3, 0.1, 50), new(2000, "is", 4, 0.1, 50)]);
        File.AppendAllText(_path, "3000,is");

        MetricsCsv.Resume(_path, images: 1500);

        Assert.Equal([0, 1000], MetricsCsv.Read(_path).Select(row => row.Images));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0,is,2,much,50")]
    [InlineData("0,is,2,,fifty")]
    public void Read_ALineThatIsNoFigure_NamesIt(string line)
    {
        File.WriteAllText(_path, $"images,metric,value,standard deviation,generated\n0,is,2,,50\n{line}\n");

        var message = Assert.Throws<EvaluationException>(() => MetricsCsv.Read(_path)).Message;

        Assert.Contains($"line 3: '{line}'", message, StringComparison.Ordinal);
    }
}
