using System.Runtime.InteropServices;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Testing;
using ProjectedGan.Training.Checkpoints;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Tests.Interop;

[Trait("Speed", "Slow")]
public class CheckpointRoundTripTests
{
    [Fact]
    public async Task Train_ItsCheckpointsAverage_MakesTheSameImagesInPyTorch()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, totalImages: 16, checkpointImages: 0);
        (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("run"))).Succeeded();
        var checkpoint = Assert.Single(Directory.GetDirectories(home.At("run", "checkpoints"), "checkpoint-*"));
        var weights = Path.Combine(checkpoint, CheckpointFiles.Average);

        float[] theirs;
        using (no_grad())
        using (NewDisposeScope())
        {
            var latents = randn([4, 16], generator: new Generator(3));
            TensorFile.Write(home.At("latents.safetensors"), [("latents", latents)]);
            PyTorchPeer.Run("generate_images.py", weights, home.At("latents.safetensors"), home.At("images.f32"), "64", "4");
            theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(home.At("images.f32"))).ToArray();
            using FastGan generator = new(new FastGanOptions { Resolution = 64, LatentSize = 16, Width = 4, Lite = true }, InitialWeights.Zero);
            StateDict.Load(generator, weights);
            generator.eval();
            var images = generator.forward(latents, null, null);
            Assert.True(images.std().item<float>() > 1e-3f, "The images are flat, so that any network would agree.");
            Assert.InRange(tensor(theirs).reshape(images.shape).sub(images).abs().max().item<float>(), 0, 1e-4f);
        }
    }
}
