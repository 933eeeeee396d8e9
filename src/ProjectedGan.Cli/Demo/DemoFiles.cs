using ProjectedGan.Cli.Datasets;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Demo;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights;

namespace ProjectedGan.Cli.Demo;

/// <summary>Makes what the demo needs from the packages that the launcher fetched; each part once.</summary>
internal static class DemoFiles
{
    /// <summary>The network whose features the discriminators see.</summary>
    public const string FeatureNetwork = "mobilenet_v2";

    /// <summary>The network of the second opinion, which took no part in training.</summary>
    public const string OtherNetwork = "inception_v3_nsfw";


    /// <summary>The dataset zip.</summary>
    public static string Dataset(bool allEmoji, CancellationToken cancellation)
    {
        string path = Path.Combine(PganHome.Datasets, $"{(allEmoji ? "emoji-all" : "emoji-faces")}-{DemoSpec.Resolution}.zip");
        if (File.Exists(path))
        {
            return path;
        }

        string package = Package(EmojiFaces.PackageFile);
        DatasetSource source = allEmoji ? EmojiFaces.AllWithoutSkinTones(package) : EmojiFaces.Faces(package);
        Directory.CreateDirectory(PganHome.Datasets);
        CreatedDataset created = DatasetCreateCommand.Create(source, path, new DatasetCreateOptions { Resolution = DemoSpec.Resolution }, cancellation);
        Console.WriteLine($"made {Path.GetFileName(path)}: {created.Count:N0} images from {EmojiFaces.PackageFile}");
        return path;
    }

    /// <summary>Imports a network of the weights package.</summary>
    public static string Weights(string network)
    {
        WeightStore store = NetworkWeights.Store();
        if (!store.Contains(network))
        {
            StoredWeights stored = store.Import(Package(WeightImport.NsfwjsFile), network);
            Console.WriteLine($"imported {stored.Name}: {stored.Description!.Parameters:N0} parameters from {WeightImport.NsfwjsFile}");
        }

        return store.Path(network);
    }

    private static string Package(string file)
    {
        string path = Path.Combine(PganHome.Downloads, file);
        return File.Exists(path) ? path : throw new PganException($"'{path}' is missing; `./pgan demo` fetches it with npm.");
    }
}
