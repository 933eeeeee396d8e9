using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Evaluation.Distances;

namespace ProjectedGan.Evaluation.Tests.Curves;

public sealed class FdCsvTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pgan-fd-{Guid.NewGuid():N}.csv");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Append_ThenRead_GivesTheRows()
    {
        FdRow[] rows = [new(0, 0, "mobilenet_v2", 617.25), new(1000, 24.5, "a \"b\", c", 1.0 / 3)];
        FdCsv.Resume(_path, images: 0);
        foreach (var row in rows)
        {
            FdCsv.Append(_path, row);
        }

        Assert.Equal(rows, FdCsv.Read(_path));
        Assert.Equal("images,seconds,feature network,distance\n0,0,mobilenet_v2,617.25\n1000,24.5,\"a \"\"b\"\", c\",0.3333333333333333\n", File.ReadAllText(_path));
    }

    [Fact]
    public void Resume_DropsRowsOfWorkDoneAgain_AndACutLine()
    {
        for (var images = 0; images <= 4000; images += 1000)
        {
            FdCsv.Append(_path, new(images, images / 40.0, "mobilenet_v2", 100));
        }

        File.AppendAllText(_path, "5000,12");
        Assert.Equal(5, FdCsv.Read(_path).Count);
        FdCsv.Resume(_path, images: 2500);
        FdCsv.Append(_path, new(3000, 80, "mobilenet_v2", 42));

        Assert.Equal([0, 1000, 2000, 3000], FdCsv.Read(_path).Select(row => row.Images));
        Assert.Equal(42, FdCsv.Read(_path)[^1].Distance);
    }

    [Fact]
    public void Read_AnotherFile_NamesTheLine()
    {
        File.WriteAllText(_path, "images,seconds,feature network,distance\n1,2,x,3\nnonsense\n");
        Assert.Contains("line 3", Assert.Throws<EvaluationException>(() => FdCsv.Read(_path)).Message, StringComparison.Ordinal);
        File.WriteAllText(_path, "a,b\n1,2\n");
        Assert.Contains("'a,b'", Assert.Throws<EvaluationException>(() => FdCsv.Read(_path)).Message, StringComparison.Ordinal);
        Assert.Throws<EvaluationException>(() => FdCsv.Read(_path + ".missing"));
    }
}
