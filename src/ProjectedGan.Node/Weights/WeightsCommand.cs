using System.CommandLine;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Node.Cli;

namespace ProjectedGan.Node.Weights;

/// <summary><c>pgan weights</c>: imports pretrained weights and looks at weight files.</summary>
internal static class WeightsCommand
{
    public static Command Build() => new("weights", "Imports pretrained weights, and looks at weight files.")
    {
        BuildList(),
        BuildImport(),
        BuildInspect(),
    };

    private static ExampleCommand BuildList()
    {
        ExampleCommand command = new("list", "Lists the imported weights.", "weights list");
        command.Runs((_, _) =>
        {
            WeightStore store = WeightStore.Default();
            IReadOnlyList<StoredWeights> entries = store.List();
            Console.WriteLine(entries.Count == 0 ? $"{store.Folder} holds no weights yet; see pgan weights import --help." : store.Folder);
            foreach (StoredWeights entry in entries)
            {
                Console.WriteLine(entry.Description is { } found
                    ? $"{entry.Name,-28} {found.Tensors.Count,5} tensors {found.Parameters,12:N0} parameters  sha256 {found.Sha256[..12]}  from {found.Metadata.GetValueOrDefault(WeightMetadata.Source, "?")}"
                    : $"{entry.Name,-28} {entry.Problem}");
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static ExampleCommand BuildImport()
    {
        Argument<string> file = new("file") { Description = "safetensors, a PyTorch .pth state_dict, or the nsfwjs npm package (.tgz or its unpacked folder)." };
        Option<string> network = new("--network") { Description = $"What the weights are for: {string.Join(", ", WeightImport.Networks.Select(item => item.Name))}.", Required = true };
        Option<string?> name = new("--name") { Description = "Name in the store; the network's by default." };
        ExampleCommand command = new(
            "import",
            """
            Converts pretrained weights to safetensors in the store. Nothing in the file is executed, and every tensor's name and shape is checked.

            Where weights come from:
              tf_efficientnet_lite0, tf_efficientnet_lite1   timm's checkpoints of those names (.pth or .safetensors)
              inception_v3_fid                               pt_inception-2015-12-05-6726825d.pth, as pytorch-fid and torch-fidelity publish it
              mobilenet_v2, inception_v3_nsfw                npm pack nsfwjs@4.3.0
            """,
            "weights import nsfwjs-4.3.0.tgz --network mobilenet_v2",
            "weights import tf_efficientnet_lite0.pth --network tf_efficientnet_lite0",
            "weights import pt_inception-2015-12-05-6726825d.pth --network inception_v3_fid")
        {
            file, network, name,
        };
        command.Runs((parsed, _) =>
        {
            StoredWeights stored = WeightStore.Default().Import(parsed.GetValue(file)!, parsed.GetValue(network)!, parsed.GetValue(name));
            Console.WriteLine($"{stored.Path}: {stored.Description!.Tensors.Count} tensors, {stored.Description.Parameters:N0} parameters");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static ExampleCommand BuildInspect()
    {
        Argument<string> file = new("file") { Description = "A weight file, or the name of imported weights." };
        Option<string?> part = new("--part") { Description = "The state_dict inside a checkpoint of several, for example G_ema." };
        ExampleCommand command = new(
            "inspect",
            "Prints a weight file's tensors and metadata.",
            "weights inspect mobilenet_v2",
            "weights inspect runs/demo/checkpoints/checkpoint-000000900/G_ema.safetensors")
        {
            file, part,
        };
        command.Runs((parsed, _) =>
        {
            string path = parsed.GetValue(file)!;
            // What is neither is named by the error as it was given.
            Print(WeightInspection.Describe(WeightStore.Default().Locate(path) ?? path, parsed.GetValue(part)));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Print(WeightDescription weights)
    {
        Console.WriteLine($"{weights.Path}: {weights.Format}, {weights.FileBytes:N0} bytes, {weights.Tensors.Count} tensors, {weights.Parameters:N0} parameters");
        Console.WriteLine($"sha256 {weights.Sha256}");
        foreach ((string key, string value) in weights.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{key} = {value}");
        }

        foreach (WeightInfo tensor in weights.Tensors)
        {
            Console.WriteLine($"  {tensor.Type,-8} {tensor.ShapeText,-20} {tensor.Name}");
        }
    }
}
