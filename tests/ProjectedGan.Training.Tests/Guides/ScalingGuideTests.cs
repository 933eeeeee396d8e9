using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ProjectedGan.Networks;
using ProjectedGan.Specification;
using TorchSharp;

namespace ProjectedGan.Training.Tests.Guides;

/// <summary>The figures of docs/scaling.md are those of the networks that a spec makes. PGAN_UPDATE_GOLDEN=1 writes the tables anew.</summary>
[Trait("Speed", "Slow")]
public sealed partial class ScalingGuideTests
{
    private static readonly int[] Resolutions = [128, 256, 512, 1024];
    private static readonly double[] Links = [0.125, 1.25, 3.125, 12.5, 50];
    private static readonly int[] Workers = [2, 4, 16, 64, 256];
    private static readonly Lazy<IReadOnlyList<Size>> Sizes = new(Measure);

    [Theory]
    [InlineData("sizes")]
    [InlineData("times")]
    [InlineData("share")]
    public void Guide_HasTheFiguresOfTheProduct(string table)
    {
        string file = Path.Combine(Root(), "docs", "scaling.md"), text = File.ReadAllText(file);
        string begin = $"<!-- begin {table}: written by a test -->\n", end = $"<!-- end {table} -->";
        int from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"docs/scaling.md lacks '{begin.Trim()}' or '{end}'.");
        var expected = table switch { "sizes" => SizeTable(), "times" => TimeTable(), _ => ShareTable() };
        if (Environment.GetEnvironmentVariable("PGAN_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, string.Concat(text.AsSpan(0, from), expected, text.AsSpan(to)));
            return;
        }

        Assert.Equal(Figures(expected), Figures(text[from..to]));
    }

    // The rows' numbers, in their names too; what the columns are called is the guide's own affair.
    private static string[] Figures(string table) => [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(row => string.Join(' ', Number().Matches(row).Select(match => match.Value)))];

    private static string SizeTable()
    {
        StringBuilder table = new("| generator | resolution | G, million | D, million | float32, MB | bfloat16, MB |\n|---|---|---|---|---|---|\n");
        foreach (var size in Sizes.Value)
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{size.Name}` | {size.Resolution}² | {size.Generator / 1e6:0.00} | {size.Discriminators / 1e6:0.00} | {size.Bytes(4) / 1e6:0} | {size.Bytes(2) / 1e6:0} |\n");
        }

        return table.ToString();
    }

    // Seconds that the bytes of an iteration take on each link, whatever computes meanwhile: the limit of many workers. Resolutions hardly differ.
    private static string TimeTable()
    {
        StringBuilder table = new("| generator, wire |" + string.Concat(Links.Select(link => string.Create(CultureInfo.InvariantCulture, $" {link} GB/s |"))) + "\n|---|" + string.Concat(Links.Select(_ => "---|")) + "\n");
        foreach (var size in Sizes.Value.Where(size => size.Resolution == 256))
        {
            foreach ((var wire, var width) in new[] { ("float32", 4), ("bfloat16", 2) })
            {
                table.Append(CultureInfo.InvariantCulture, $"| `{size.Name}` {size.Resolution}², {wire} |");
                foreach (var link in Links)
                {
                    table.Append(CultureInfo.InvariantCulture, $" {Milliseconds(2 * size.Bytes(width) / (link * 1e9))} |");
                }

                table.Append('\n');
            }
        }

        return table.ToString();
    }

    private static string ShareTable()
    {
        const int ChunkBytes = 256 << 10, EagerBytes = 2 << 20, GrantedBytes = 64 << 20;
        StringBuilder table = new("| workers | bytes each way, as a multiple of the gradients | connections of a worker | memory for received frames, MiB |\n|---|---|---|---|\n");
        foreach (var workers in Workers)
        {
            var memory = (((workers - 1.0) * EagerBytes) + Math.Max(GrantedBytes, (workers - 1.0) * ChunkBytes)) / (1 << 20);
            table.Append(CultureInfo.InvariantCulture, $"| {workers} | {2.0 * (workers - 1) / workers:0.000} | {workers - 1} | {memory:0} |\n");
        }

        return table.ToString();
    }

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0} ms");

    private static List<Size> Measure()
    {
        List<Size> sizes = [];
        foreach (var kind in Enum.GetValues<GeneratorKind>())
        {
            foreach (var resolution in Resolutions)
            {
                NetworkFactory factory = new(new TrainingSpec
                {
                    Data = new DataSpec { Path = "memory", Resolution = resolution },
                    // The reference's widths.
                    Generator = kind == GeneratorKind.StyleGan2 ? new GeneratorSpec { Kind = kind, LatentSize = 64, Width = 256 } : new GeneratorSpec { Kind = kind },
                    Features = new FeatureSpec { Weights = FeatureSpec.RandomWeights },
                });
                using var generator = factory.CreateEmptyGenerator();
                using var projector = factory.CreateProjector();
                using var discriminators = factory.CreateEmptyDiscriminator(projector);
                sizes.Add(new Size(SpecSchema.Find("generator.kind")!.Text(new TrainingSpec { Generator = new GeneratorSpec { Kind = kind } }), resolution, Trained(generator), Trained(discriminators)));
            }
        }

        return sizes;
    }

    private static long Trained(torch.nn.Module network) => network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel());

    private static string Root()
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

    [GeneratedRegex(@"[0-9]+(?:\.[0-9]+)?")]
    private static partial Regex Number();

    private sealed record Size(string Name, int Resolution, long Generator, long Discriminators)
    {
        public double Bytes(int width) => (double)(Generator + Discriminators) * width;
    }
}
