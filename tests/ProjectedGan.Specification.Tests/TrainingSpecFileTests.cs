using CsCheck;
using ProjectedGan.Foundation;

namespace ProjectedGan.Specification.Tests;

public sealed class TrainingSpecFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pgan-spec-{Guid.NewGuid():N}.yaml");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void SaveAndLoad_ChangedSpec_GivesTheSameSpec()
    {
        var spec = new TrainingSpec
        {
            Seed = 5,
            Data = new DataSpec { Path = "a \"b\" \\ c: d", Mirror = true },
            Optimizer = new OptimizerSpec { GeneratorRate = 1e-3 },
            Generator = new GeneratorSpec { Kind = GeneratorKind.FastGanLite },
        };

        TrainingSpecFile.Save(spec, _path);

        Assert.Equal(spec, TrainingSpecFile.Load(_path));
    }

    [Fact]
    public void WriteAndParse_AnySpec_GivesTheSameSpec()
    {
        var specs = from seed in Gen.Long
                    from path in Gen.String
                    from rates in Gen.Double[1e-300, 1].Array[3]
                    from kind in Gen.Enum<GeneratorKind>()
                    from images in Gen.Long[1, long.MaxValue]
                    from mirror in Gen.Bool
                    select new TrainingSpec
                    {
                        Seed = seed,
                        TotalImages = images,
                        Data = new DataSpec { Path = path, Mirror = mirror },
                        Generator = new GeneratorSpec { Kind = kind },
                        Optimizer = new OptimizerSpec { GeneratorRate = rates[0], DiscriminatorRate = rates[1], Epsilon = rates[2] },
                    };
        specs.Sample(spec => TrainingSpecFile.ParseUnvalidated("any", TrainingSpecFile.Write(spec)) == spec);
    }

    [Fact]
    public void Load_PartialFile_KeepsDefaults()
    {
        var spec = Load("# a comment\nbatch: 1_024\ngenerator:\n  kind: fastgan_lite\nblur:\n");

        Assert.Equal(new TrainingSpec { Batch = 1024, Generator = new GeneratorSpec { Kind = GeneratorKind.FastGanLite } }, spec);
    }

    [Theory]
    [InlineData("generator:\n  wdith: 3\n", "line 2: generator.wdith is no known setting; the nearest is generator.width.")]
    [InlineData("optimiser: 3\n", "line 1: optimiser is no known setting")]
    [InlineData("optimiser:\n  x: 3\n", "line 1: optimiser is no known section")]
    [InlineData("\nbatch: many\n", "line 2: batch is 'many'; it must be a whole number.")]
    [InlineData("sharedFakes: yes\n", "line 1: sharedFakes is 'yes'; it must be true or false.")]
    [InlineData("generator:\n  kind: stylegan9\n", "line 2: generator.kind is 'stylegan9'; it must be one of fastgan, fastgan_lite, stylegan2, hybrid.")]
    [InlineData("batch: [1, 2]\n", "line 1: batch holds a list or a section; it must be a whole number.")]
    [InlineData("seed: 1\nbatch: 30\nreplicas: 4\n", "line 2: batch 30 is not divisible by replicas 4; use a batch of 28 or 32.")]
    [InlineData("- 1\n- 2\n", "the file must hold one mapping")]
    [InlineData("batch: 1\nbatch: 2\n", "line 2 is no valid YAML")]
    [InlineData("batch: \"1\n", "is no valid YAML")]
    public void Load_BadFile_NamesFileLineAndRemedy(string text, string expected)
    {
        var error = Assert.ThrowsAny<PganException>(() => Load(text));

        Assert.StartsWith(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeveralProblems_ListsAllWithTheirLines()
    {
        var error = Assert.Throws<SpecException>(() => Load("bach: 3\ndata:\n  resolution: x\n"));

        Assert.Equal(2, error.Problems.Count);
        Assert.Contains("line 1: bach", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 3: data.resolution", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_NamesIt() =>
        Assert.Contains(_path, Assert.Throws<PganException>(() => TrainingSpecFile.Load(_path)).Message, StringComparison.Ordinal);

    private TrainingSpec Load(string text)
    {
        File.WriteAllText(_path, text);
        return TrainingSpecFile.Load(_path);
    }
}
