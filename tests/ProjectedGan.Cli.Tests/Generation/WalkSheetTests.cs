using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Networks;

namespace ProjectedGan.Cli.Tests.Generation;

/// <summary>The latent walks that evaluators draw.</summary>
public class WalkSheetTests
{
    [Theory]
    [InlineData(64, 128)]
    [InlineData(128, 128)]
    [InlineData(256, 128)]
    public void Write_AnyResolution_HasFramesOfBoundedSize(int resolution, int frame)
    {
        using TemporaryFolder home = new();
        var spec = VerificationSpec.Create(replicas: 1, iterations: 1);
        using var generator = new NetworkFactory(spec with { Data = spec.Data with { Resolution = resolution } }).CreateGenerator();
        generator.eval();

        WalkSheet.Write(generator, resolution, labels: null, home.At("walk.png"), CancellationToken.None);
        WalkSheet.Write(generator, resolution, labels: null, home.At("again.png"), CancellationToken.None);

        var png = File.ReadAllBytes(home.At("walk.png"));
        var info = ImageCodec.Probe(png);
        Assert.Equal((WalkSheet.Columns * frame, WalkSheet.Frames / WalkSheet.Columns * frame), (info.Width, info.Height));
        Assert.Equal(png, File.ReadAllBytes(home.At("again.png")));
    }
}
