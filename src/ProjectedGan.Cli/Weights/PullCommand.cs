using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Sources;
using Spectre.Console;

namespace ProjectedGan.Cli.Weights;

/// <summary><c>pgan weights pull</c>: fetches a published weights file and imports it.</summary>
internal static class PullCommand
{
    private const string MirrorVariable = "PGAN_WEIGHTS_MIRROR";

    public static ExampleCommand Build()
    {
        Argument<string> network = new("network") { Description = $"Which: {string.Join(", ", WeightImport.Networks.Where(item => item.Published is not null).Select(item => item.Name))}." };
        Option<string?> from = new("--from")
        {
            Description = $"A mirror that has the published files under their names, in place of their publishers; {MirrorVariable}.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(MirrorVariable) is { Length: > 0 } mirror ? mirror : null,
            HelpName = "URL",
        };
        ExampleCommand command = new(
            "pull",
            """
            Fetches pretrained weights from their publisher and imports them into the store. The file's hash is checked where the publisher names one; an interrupted download is
            continued by the next pull. Without a network it says which file to bring for pgan weights import.
            """,
            "weights pull tf_efficientnet_lite0",
            "weights pull resnet50 --from https://example.org/weights")
        {
            network, from,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            var found = WeightImport.Find(parsed.GetValue(network)!);
            if (found.Published is not { } file)
            {
                throw new UsageException($"{found.Name} is not pulled: it is in an npm package. Run npm pack nsfwjs@4.3.0, then pgan weights import {found.FileName} --network {found.Name}");
            }

            await PullAsync(found, file, Address(file, parsed.GetValue(from)), cancellation);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task PullAsync(ImportableNetwork network, PublishedFile file, Uri address, CancellationToken cancellation)
    {
        var store = NetworkWeights.Store();
        if (store.Contains(network.Name))
        {
            Console.WriteLine($"{network.Name} is there already: {store.Path(network.Name)}");
            return;
        }

        Console.WriteLine($"{address}");
        using HttpClient client = new();
        string path;
        try
        {
            path = await FetchAsync(new WeightDownload(client, store.Folder), file, address, cancellation);
        }
        catch (WeightFileException error)
        {
            throw new WeightFileException(
                $"{error.Message} Without a network bring {file.Name} ({file.Address}) from a machine that has one: pgan weights import {file.Name} --network {network.Name}");
        }

        if (file.Sha256Start is null)
        {
            Console.WriteLine($"{file.Name}: its publisher names no hash to compare with. It is {WeightFile.Sha256(path)} here; only the connection vouches for it.");
        }

        var stored = store.Import(path, network.Name);
        File.Delete(path);
        Console.WriteLine($"{stored.Path}: {stored.Description!.Tensors.Count} tensors, {stored.Description.Parameters:N0} parameters, {network.Licence}");
    }

    private static async Task<string> FetchAsync(WeightDownload download, PublishedFile file, Uri address, CancellationToken cancellation)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            return await download.FetchAsync(file, address, (_, _) => { }, cancellation);
        }

        return await AnsiConsole.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(file.Name));
                return await download.FetchAsync(file, address, Show, cancellation);

                void Show(long here, long? whole)
                {
                    task.MaxValue = whole ?? here;
                    task.Value = here;
                }
            });
    }

    private static Uri Address(PublishedFile file, string? mirror)
    {
        if (mirror is null)
        {
            return file.Address;
        }

        return Uri.TryCreate(mirror.TrimEnd('/') + "/" + file.Name, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new UsageException($"--from: '{mirror}' is no address; use for example https://example.org/weights.");
    }
}
