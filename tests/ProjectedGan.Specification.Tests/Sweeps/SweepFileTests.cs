using ProjectedGan.Foundation;
using ProjectedGan.Specification.Sweeps;

namespace ProjectedGan.Specification.Tests.Sweeps;

public sealed class SweepFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pgan-sweep-{Guid.NewGuid():N}.yaml");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Load_PlainSpec_IsOneRunWithoutAName()
    {
        var run = Assert.Single(Load("batch: 32\ngenerator:\n  kind: fastgan_lite\n", ("seed", "3")));

        Assert.Equal("", run.Name);
        Assert.Equal(TrainingSpecFile.LoadUnvalidated(_path) with { Seed = 3 }, run.Spec);
    }

    [Fact]
    public void Load_Sweep_TrainsEveryCombinationTheLastSettingFastest()
    {
        var runs = Load("batch: 32\nsweep: { seed: [0, 1], discriminator: { count: [1, 4] } }\n", ("totalImages", "99"));

        Assert.Equal(["seed0-count1", "seed0-count4", "seed1-count1", "seed1-count4"], runs.Select(run => run.Name));
        Assert.Equal([(0, 1), (0, 4), (1, 1), (1, 4)], runs.Select(run => ((int)run.Spec.Seed, run.Spec.Discriminator.Count)));
        Assert.All(runs, run => Assert.Equal((32, 99), (run.Spec.Batch, run.Spec.TotalImages)));
    }

    [Fact]
    public void Load_Variants_ShareSettingsAndSweep()
    {
        var runs = Load("""
            replicas: 2
            variants:
              - name: baseline
              - {name: csm, projection.kind: ccm}
              - name: small
                generator: {width: 16}
                replicas: 4
            sweep:
              seed: [5, 6]
            """);

        Assert.Equal(["baseline-seed5", "baseline-seed6", "csm-seed5", "csm-seed6", "small-seed5", "small-seed6"], runs.Select(run => run.Name));
        Assert.Equal(new TrainingSpec { Replicas = 2, Seed = 6 }, runs[1].Spec);
        Assert.Equal(ProjectionKind.CrossChannel, runs[2].Spec.Projection.Kind);
        Assert.Equal((4, 16, 5), (runs[4].Spec.Replicas, runs[4].Spec.Generator.Width, (int)runs[4].Spec.Seed));
    }

    [Fact]
    public void Load_CombinationsWithEqualSettings_AreOneRun()
    {
        var runs = Load("variants:\n  - name: baseline\n  - {name: full, projection.kind: ccm_csm}\nsweep:\n  seed: [0, 1, 1]\n");

        Assert.Equal(["baseline-seed0", "baseline-seed1"], runs.Select(run => run.Name));
        Assert.Equal(["full-seed0"], runs[0].AlsoNamed);
        Assert.Equal(["full-seed1"], runs[1].AlsoNamed);
    }

    [Fact]
    public void Load_SameHashAndOtherData_AreTwoRuns()
    {
        var runs = Load("sweep:\n  data.path: [a/church-256.zip, a/bedroom-256.zip]\n");

        Assert.Equal(["path_church-256", "path_bedroom-256"], runs.Select(run => run.Name));
        Assert.Equal(SpecHash.Compute(runs[0].Spec), SpecHash.Compute(runs[1].Spec));
    }

    [Fact]
    public void Load_SettingsOfOneLastName_AreNamedInFull() =>
        Assert.Equal(
            ["generator.conditional_true-discriminator.conditional_true"],
            Load("data: {classes: 3}\nsweep: {generator.conditional: [true], discriminator.conditional: [true]}\n").Select(run => run.Name));

    [Theory]
    [InlineData("sweep:\n  discriminator.cuont: [1]\n", "line 2: discriminator.cuont is no known setting; the nearest is discriminator.count.")]
    [InlineData("sweep:\n  seed: 3\n", "line 2: seed must hold a list of values here, such as [0, 1, 2]")]
    [InlineData("sweep:\n  seed: []\n", "line 2: seed must hold a list of values here")]
    [InlineData("sweep:\n  seed: [0, x]\n", "line 2: seed holds 'x'; each value must be a whole number.")]
    [InlineData("sweep:\n  seed: [0, [1]]\n", "line 2: seed holds a list or a section; each value must be a whole number.")]
    [InlineData("sweep:\n  discriminator.count: [1]\n  discriminator: {count: [2]}\n", "line 3: discriminator.count is swept twice")]
    [InlineData("sweep:\n", "line 1: sweep must hold settings with lists of values")]
    [InlineData("sweep: [1, 2]\n", "line 1: sweep must hold settings with lists of values")]
    [InlineData("variants: {name: a}\n", "line 1: variants must be a list of named sets")]
    [InlineData("variants:\n  - name: a\n  - seed: 3\n", "line 3: a variant needs a name")]
    [InlineData("variants:\n  - name: a/b\n", "line 2: the variant's name is 'a/b'; use 1 to 40 letters")]
    [InlineData("variants:\n  - name: ..\n", "line 2: the variant's name is '..'")]
    [InlineData("variants:\n  - name: a\n  - name: a\n", "line 3: there are two variants named a")]
    [InlineData("variants:\n  - name: a\n    generator: {wdith: 3}\n", "line 3: generator.wdith is no known setting; the nearest is generator.width.")]
    [InlineData("variants:\n  - name: a\n    sweep: {seed: [1]}\n", "line 3: sweep describes several runs")]
    [InlineData("variants:\n  - {name: a, seed: 3}\nsweep:\n  seed: [1]\n", "line 4: seed is swept, and variant a sets it")]
    [InlineData("bach: 3\nsweep:\n  seed: [1]\n", "line 1: bach is no known setting")]
    [InlineData("batch: 30\nsweep:\n  replicas: [2, 4]\n", "replicas4: line 1: batch 30 is not divisible by replicas 4")]
    [InlineData("batch: 0\nsweep:\n  seed: [2, 4]\n", ": line 1: batch is 0; it must be from 1 to 65536.")]
    [InlineData("sweep:\n  discriminator.count: [9]\n  seed: [0, 1]\n", ": line 2: discriminator.count is 9; it must be from 1 to 4.")]
    [InlineData("variants:\n  - name: a\n  - {name: b, batch: 30}\nreplicas: 4\nsweep:\n  seed: [2, 4]\n", "b-seed2 and 1 more: line 3: batch 30 is not divisible")]
    [InlineData("sweep:\n  data.path: [a/x.zip, b/x.zip]\n", "two different runs would be named path_x")]
    [InlineData("sweep: &a {seed: [1]}\n", "anchors are not taken")]
    public void Load_BadFile_NamesPlaceAndRemedy(string text, string expected)
    {
        var error = Assert.ThrowsAny<PganException>(() => Load(text));

        Assert.StartsWith(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TooManyRuns_IsRefusedBeforeTheyAreMade()
    {
        var values = string.Join(", ", Enumerable.Range(0, 1000));
        var fields = new[] { "seed", "batch", "generator.width", "generator.latentSize", "projection.channels", "schedule.reportImages" };

        var error = Assert.Throws<SpecException>(() => Load($"sweep:\n{string.Concat(fields.Select(field => $"  {field}: [{values}]\n"))}"));

        Assert.Contains("these are billions of runs; a file may describe 256", error.Message, StringComparison.Ordinal);
        Assert.Equal(256, Load($"sweep:\n  seed: [{string.Join(", ", Enumerable.Range(0, 256))}]\n").Count);
        Assert.Contains("these are 257 runs", Assert.Throws<SpecException>(() => Load($"sweep:\n  seed: [{string.Join(", ", Enumerable.Range(0, 257))}]\n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("seed")]
    [InlineData("batch")]
    public void Load_OverrideOfWhatTheFileVaries_IsRefused(string setting) =>
        Assert.Contains(
            $"varies {setting}",
            Assert.Throws<UsageException>(() => Load("variants:\n  - {name: a, batch: 32}\nsweep:\n  seed: [1]\n", (setting, "3"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void TrainingSpecFile_OfASweep_SaysWhoTakesIt()
    {
        File.WriteAllText(_path, "sweep:\n  seed: [1, 2]\n");

        Assert.Contains("line 1: sweep describes several runs, and one is wanted here", Assert.Throws<SpecException>(() => TrainingSpecFile.Load(_path)).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<SweepRun> Load(string text, params (string Name, string Value)[] overrides)
    {
        File.WriteAllText(_path, text);
        return SweepFile.Load(_path, [.. overrides.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))]);
    }
}
