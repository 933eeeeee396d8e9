using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Testing;

namespace ProjectedGan.Cli.Tests.Generation;

[Trait("Speed", "Slow")]
public class ExportTests
{
    [Fact]
    public async Task Export_OfARun_IsUsedLikeTheRun()
    {
        using TemporaryFolder home = new();
        string[] settings = ["generator.kind=stylegan2", "generator.styleSize=8", "generator.mostChannels=8", "generator.image=resnet"];
        string[] train = ["train", "--spec", TinyRun.Write(home, 8, 0), "--run", "run", .. settings.SelectMany(setting => new[] { "--set", setting })];
        (await PganProcess.RunAsync(home.Path, train)).Succeeded();

        (await PganProcess.RunAsync(home.Path, "export", "run", "faces.safetensors")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "generate", "run", "a.png", "--count", "2", "--truncation", "0.7")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "generate", "faces.safetensors", "b.png", "--count", "2", "--truncation", "0.7")).Succeeded();
        Assert.Equal(File.ReadAllBytes(home.At("a.png")), File.ReadAllBytes(home.At("b.png")));
        var read = PyTorchPeer.Run("describe_safetensors.py", home.At("faces.safetensors"));
        Assert.Contains("\"generator.image\": \"resnet\"", read, StringComparison.Ordinal);
        Assert.Contains("\"mapping.w_avg\"", read, StringComparison.Ordinal);

        // Of the run and of the file the same model; with other styles another one.
        (await PganProcess.RunAsync(home.Path, "export", "run", "a.onnx")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "export", "faces.safetensors", "b.onnx", "--noise", "stored")).Succeeded();
        (await PganProcess.RunAsync(home.Path, "export", "run", "c.onnx", "--truncation", "0.7")).Succeeded();
        Assert.Equal(File.ReadAllBytes(home.At("a.onnx")), File.ReadAllBytes(home.At("b.onnx")));
        Assert.NotEqual(File.ReadAllBytes(home.At("a.onnx")), File.ReadAllBytes(home.At("c.onnx")));

        (await PganProcess.RunAsync(home.Path, "export", "run", "x.pt")).Refused(2, "'x.pt' ends with neither .onnx nor .safetensors");
        (await PganProcess.RunAsync(home.Path, "export", "run", "x.onnx", "--noise", "drawn")).Refused(2, "--noise is drawn");
        (await PganProcess.RunAsync(home.Path, "export", "run", "x.safetensors", "--truncation", "0.7")).Refused(2, "--truncation", "Leave them out");
        (await PganProcess.RunAsync(home.Path, "import", "tiny.yaml", "x.safetensors")).Refused(1, "'tiny.yaml' is no pickle of modules");
        (await PganProcess.RunAsync(home.Path, "import", "tiny.yaml", "x.pkl")).Refused(2, "'x.pkl' does not end with .safetensors");
        Assert.Empty(Directory.GetFiles(home.Path, "x.*"));
    }
}
