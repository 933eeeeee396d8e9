using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Networks.StateDicts;

/// <summary>The weight store of programs that have the networks themselves.</summary>
/// <param name="packages">A folder of npm packages: networks that one of them holds are imported when they are first asked for. Null for none.</param>
public sealed class NetworkWeights(string? packages) : IWeightImporter
{
    /// <summary>
    /// The user's store (<see cref="WeightStore.Default"/>), with the packages that the launcher fetched: in <c>PGAN_DOWNLOADS</c>, else in
    /// <c>.cache/downloads</c> of <c>PGAN_HOME</c>.
    /// </summary>
    public static WeightStore Store() => WeightStore.Default(new NetworkWeights(
        Variable("PGAN_DOWNLOADS") ?? (Variable("PGAN_HOME") is { } home ? Path.Combine(home, ".cache", "downloads") : null)));

    public bool TryImport(WeightStore store, string name)
    {
        if (packages is null || WeightImport.Networks.FirstOrDefault(network => network.Name == name)?.Package is not { } package
            || Path.Combine(packages, package) is var file && !File.Exists(file))
        {
            return false;
        }
        store.Import(file, name);
        return true;
    }

    public bool IsPublished(string name) => WeightImport.Networks.Any(network => network.Name == name && network.Published is not null);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>Networks in and out of weight stores.</summary>
public static class NetworkStore
{
    /// <summary>Imports a published file (see <see cref="WeightImport.Import"/>) as an entry, by default named after the network.</summary>
    /// <exception cref="UsageException">The network's name is unknown.</exception>
    /// <exception cref="WeightFileException">The file cannot be read, is not of the network, or the store cannot be made.</exception>
    /// <exception cref="PganException">The entry cannot be written; an old one is unchanged.</exception>
    public static StoredWeights Import(this WeightStore store, string source, string network, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        name ??= WeightImport.Find(network).Name;
        var path = store.Path(name);
        store.CreateFolder();
        WeightImport.Import(source, path, network);
        return store.Describe(name);
    }

    /// <summary>Loads a network from the entry of its name.</summary>
    /// <exception cref="WeightFileException">There is no such entry (the message says how to get it), or it does not fit.</exception>
    public static void Load(this WeightStore store, FrozenNetwork network)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(network);
        WeightImport.Load(network, store.RequireEntry(network.Name));
    }
}
