using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using Xunit.Abstractions;

namespace ProjectedGan.Data.Tests.Datasets;

/// <summary>Anybody may upload a data set; whatever it holds, it is read or refused by a <see cref="PganException"/>.</summary>
[Trait("Speed", "Slow")]
public sealed class DatasetFuzzTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, CompressionLevel.NoCompression)]
    [InlineData(2, CompressionLevel.Optimal)]
    public void Open_ZipWithBytesChangedAtRandom_IsReadOrRefused(int seed, CompressionLevel level)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = File.ReadAllBytes(TestZips.Write(
            _folder["whole.zip"],
            [.. TestZips.Images(3), TestZips.Labels("""{"labels": [["00000/img00000000.png", 0], ["00000/img00000001.png", 1], ["00000/img00000002.png", 0]]}""")], level));
        var refused = 0;
        for (var round = 0; round < 500; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var change = random.Next(1, 8); change > 0; change--)
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : bytes[random.Next(bytes.Length)];
            if (random.Next(8) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            refused += Refuses(_folder.Write($"{round}.zip", bytes)) ? 1 : 0;
        }
        Assert.InRange(refused, 50, 500);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Open_LabelsMadeAtRandom_AreReadOrRefused(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var start = Stopwatch.GetTimestamp();
        var refused = 0;
        for (var round = 0; round < 200; round++)
            refused += Refuses(TestZips.Write(_folder[$"{round}.zip"], [.. TestZips.Images(2), TestZips.Labels(Made(random))])) ? 1 : 0;
        Assert.InRange(refused, 50, 200);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Patience);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"labels\":")]
    [InlineData("{\"labels\":[")]
    public void Open_LabelsOfVeryManyLevels_AreRefused(string level)
    {
        var labels = TestZips.Labels(string.Concat(Enumerable.Repeat(level, 100_000)));
        Assert.True(Refuses(TestZips.Write(_folder["deep.zip"], [.. TestZips.Images(2), labels])));
    }

    private static bool Refuses(string path)
    {
        try
        {
            using var dataset = ImageDataset.Open(path);
            for (var image = 0; image < dataset.Count; image++)
                dataset.Read(image, new byte[dataset.Channels * dataset.Resolution * dataset.Resolution]);
            return false;
        }
        catch (PganException)
        {
            return true;
        }
    }

    private static string Made(Random random)
    {
        var text = new StringBuilder("{\"labels\": [");
        for (var pieces = random.Next(20); pieces > 0; pieces--)
        {
            text.Append(random.Next(12) switch
            {
                0 => "[",
                1 => "]",
                2 => "{",
                3 => "}",
                4 => ",",
                5 => "\"00000/img00000000.png\"",
                6 => "[\"00000/img00000000.png\", 0], [\"00000/img00000001.png\", 1]",
                7 => "-1",
                8 => "1e400",
                9 => "null",
                10 => "\"\\ud800\"",
                _ => ((char)random.Next(1, 0xD800)).ToString(),
            });
        }
        return random.Next(2) == 0 ? text.Append("]}").ToString() : text.ToString();
    }
}
