using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Training.Checkpoints;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>A run whose numbers are gone: it says so at once, and it does not go on to its end.</summary>
[Trait("Speed", "Slow")]
public class NonFiniteRunTests
{
    [Fact]
    public async Task Train_FromAGeneratorWithNaN_SaysSoAndStops()
    {
        using TemporaryFolder home = new();
        string[] arguments = ["train", "--spec", TinyRun.Write(home, 8, 0), "--run", home.At("run")];
        var trained = (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        // Nothing is measured in this run, so nothing is pending.
        Assert.DoesNotContain("distance", trained.Output, StringComparison.Ordinal);
        Poison(Assert.Single(Directory.GetDirectories(home.At("run", "checkpoints"), "checkpoint-*")));

        var broken = await PganProcess.RunAsync(home.Path, [.. arguments, "--images", "80"]);

        broken.Refused(1, "pgan: warning: Iteration 2: the gradient of the generator has", "nonFinite is replace", "nothing is learned any more");
        Assert.Single(broken.Errors.Split('\n'), line => line.Contains("the gradient of the", StringComparison.Ordinal));
        Assert.DoesNotContain("weights ", broken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_OnFromACheckpointThatCounted_DoesNotWarnAgain()
    {
        using TemporaryFolder home = new();
        string[] arguments = ["train", "--spec", TinyRun.Write(home, 8, 0), "--run", home.At("run")];
        (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        var manifest = Path.Combine(Assert.Single(Directory.GetDirectories(home.At("run", "checkpoints"), "checkpoint-*")), CheckpointStore.ManifestName);
        var counted = File.ReadAllText(manifest).Replace("\"nonFiniteElements\": 0", "\"nonFiniteElements\": 7", StringComparison.Ordinal);
        Assert.Contains("\"nonFiniteElements\": 7", counted, StringComparison.Ordinal);
        File.WriteAllText(manifest, counted);

        var resumed = (await PganProcess.RunAsync(home.Path, [.. arguments, "--images", "16"])).Succeeded();

        Assert.DoesNotContain("NaN", resumed.Errors, StringComparison.Ordinal);
    }

    // Puts NaN where the largest tensor of the generator begins, and makes the manifest agree.
    private static void Poison(string checkpoint)
    {
        string path = Path.Combine(checkpoint, CheckpointFiles.Generator), manifest = Path.Combine(checkpoint, CheckpointStore.ManifestName);
        var bytes = File.ReadAllBytes(path);
        var before = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var json = JsonDocument.Parse(bytes.AsMemory(8, header));
        (var begin, _) = json.RootElement.EnumerateObject().Where(tensor => tensor.Value.TryGetProperty("dtype", out var type) && type.GetString() == "F32")
            .Select(tensor => tensor.Value.GetProperty("data_offsets")).Select(range => (range[0].GetInt32(), range[1].GetInt32())).MaxBy(range => range.Item2 - range.Item1);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + header + begin), float.NaN);
        File.WriteAllBytes(path, bytes);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(before, Convert.ToHexStringLower(SHA256.HashData(bytes)), StringComparison.Ordinal));
    }
}
