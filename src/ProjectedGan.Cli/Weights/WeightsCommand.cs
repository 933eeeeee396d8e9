using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Cli.Weights;

/// <summary><c>pgan weights</c>: imports pretrained weights and looks at weight files.</summary>
internal static class WeightsCommand
{
    private const int NameWidth = 32;

    public static Command Build() => new("weights", "Imports pretrained weights, and looks at weight files.")
    {
        BuildList(),
        BuildImport(),
        PullCommand.Build(),
        BuildInspect(),
    };

    private static ExampleCommand BuildList()
    {
        ExampleCommand command = new("list", "Lists the networks with the licence and the origin of their weights, and what is stored of them.", "weights list");
        command.Runs((_, _) =>
        {
            var store = NetworkWeights.Store();
            var entries = store.List();
            Console.WriteLine(store.Folder);
            foreach (var entry in entries)
            {
                Console.WriteLine(entry.Description is { } found ? Stored(entry, found) : $"{entry.Name,-NameWidth} {entry.Problem}");
            }

            foreach (var network in WeightImport.Networks.ExceptBy(entries.Select(entry => entry.Name), network => network.Name))
            {
                var pull = network.Published is null ? "" : $", or: pgan weights pull {network.Name}";
                Console.WriteLine($"{network.Name,-NameWidth} not here; {network.Licence}; {network.Origin}; bring {network.FileName}{pull}");
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static string Stored(StoredWeights entry, WeightDescription found)
    {
        var licence = WeightImport.Networks.FirstOrDefault(network => network.Name == entry.Network)?.Licence ?? "licence not recorded";
        var source = found.Metadata.GetValueOrDefault(WeightMetadata.Source, "?");
        return $"{entry.Name,-NameWidth} {found.FileBytes,13:N0} bytes  sha256 {found.Sha256}  {licence}  from {source}";
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

            Where weights come from: pgan weights list names each network's file; pgan weights pull NAME fetches most of them. The networks of nsfwjs
            come with npm pack nsfwjs@4.3.0.
            """,
            "weights import nsfwjs-4.3.0.tgz --network mobilenet_v2",
            "weights import tf_efficientnet_lite0.pth --network tf_efficientnet_lite0",
            "weights import pt_inception-2015-12-05-6726825d.pth --network inception_v3_fid")
        {
            file, network, name,
        };
        command.Runs((parsed, _) =>
        {
            var stored = NetworkWeights.Store().Import(parsed.GetValue(file)!, parsed.GetValue(network)!, parsed.GetValue(name));
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
            var path = parsed.GetValue(file)!;
            // What is neither is named by the error as it was given.
            Print(WeightInspection.Describe(NetworkWeights.Store().Locate(path) ?? path, parsed.GetValue(part)));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Print(WeightDescription weights)
    {
        Console.WriteLine($"{weights.Path}: {weights.Format}, {weights.FileBytes:N0} bytes, {weights.Tensors.Count} tensors, {weights.Parameters:N0} parameters");
        Console.WriteLine($"sha256 {weights.Sha256}");
        foreach ((var key, var value) in weights.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{key} = {value}");
        }

        foreach (var tensor in weights.Tensors)
        {
            Console.WriteLine($"  {tensor.Type,-8} {tensor.ShapeText,-20} {tensor.Name}");
        }
    }
}
