using System.Globalization;
using System.Security.Cryptography;
using ProjectedGan.Foundation;

namespace ProjectedGan.Training.Checkpoints;

/// <summary>
/// The checkpoints of one run: a folder each, named after the completed iterations. A folder appears as a whole or not at all: it is
/// written under a temporary name, its files and then its manifest are flushed, and it is renamed. Not for concurrent writers.
/// </summary>
/// <param name="root">The folder that holds the checkpoints; made when the first is written.</param>
/// <param name="keep">Newest whole checkpoints that stay, up to the one that was written last.</param>
public sealed class CheckpointStore(string root, int keep)
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestName = "state.json";

    private const string Prefix = "checkpoint-";
    private const string TemporaryPrefix = ".checkpoint-";

    // What this store has hashed of its finished checkpoints, by path: those that stay need not be read again at each new one.
    private readonly Dictionary<string, (DateTime Written, string Sha256)> _hashed = new(StringComparer.Ordinal);

    public string Root => root;

    /// <summary>The folders of finished checkpoints, newest first, whether whole or damaged.</summary>
    public IReadOnlyList<string> Folders() =>
        !Directory.Exists(root) ? [] : [.. Directory.EnumerateDirectories(root, Prefix + "*")
            .Where(folder => Iteration(folder) is not null).OrderByDescending(folder => Iteration(folder))];

    /// <summary>The folder of a checkpoint, whether it exists or not.</summary>
    /// <param name="iteration">Its completed iterations.</param>
    public string Folder(long iteration) => Path.Combine(root, $"{Prefix}{iteration:d9}");

    /// <summary>Whether a checkpoint is there and every file has the bytes that its manifest names.</summary>
    /// <param name="iteration">Its completed iterations.</param>
    public bool IsWhole(long iteration) => Verify(Folder(iteration), Hash, out _) is null;

    /// <summary>Writes a checkpoint, which stays, and removes those before it beyond the newest few whole ones, and damaged ones behind it.</summary>
    /// <param name="manifest">What to say; its file list is filled in here.</param>
    /// <param name="files">File names and what writes (and flushes) each, given its path.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="PganException">Something cannot be written; older checkpoints are untouched.</exception>
    public string Write(CheckpointManifest manifest, IReadOnlyList<KeyValuePair<string, Action<string>>> files)
    {
        var target = Folder(manifest.Iteration);
        var temporary = Path.Combine(root, $".{Path.GetFileName(target)}.tmp");
        try
        {
            RemoveLeftovers();
            if (Directory.Exists(target) && Verify(target, Hash, out var there) is null && there!.SpecHash == manifest.SpecHash)
            {
                // Training is deterministic: a whole checkpoint of this iteration holds the same state.
                return target;
            }
            Directory.CreateDirectory(temporary);
            var described = new SortedDictionary<string, CheckpointFile>(StringComparer.Ordinal);
            foreach (var (file, write) in files)
            {
                var path = Path.Combine(temporary, file);
                write(path);
                using var stream = File.OpenRead(path);
                described.Add(file, new CheckpointFile(stream.Length, Hash(stream)));
            }
            var bytes = (manifest with { Files = described }).ToBytes();
            AtomicFile.Write(Path.Combine(temporary, ManifestName), stream => stream.Write(bytes));
            Publish(temporary, target);
            foreach (var (file, description) in described)
            {
                var path = Path.Combine(target, file);
                _hashed[path] = (File.GetLastWriteTimeUtc(path), description.Sha256);
            }
            Prune(manifest.Iteration);
            return target;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or PganException)
        {
            Discard(temporary);
            var reason = error.Message.Replace(temporary, target, StringComparison.Ordinal);
            throw new PganException($"{target}: the checkpoint cannot be written: {reason} Older checkpoints are unchanged.", error);
        }
    }

    /// <summary>The newest checkpoint whose every file has the bytes that its manifest names; null where there is none.</summary>
    /// <param name="warn">Told, in one line each, about damaged checkpoints that were passed over.</param>
    public Checkpoint? Newest(Action<string> warn)
    {
        foreach (var folder in Folders())
        {
            if (Verify(folder, Hash, out var manifest) is not { } damage)
            {
                return new Checkpoint(folder, manifest!);
            }
            warn($"{folder}: {damage}; the checkpoint before it is used.");
        }
        return null;
    }

    /// <summary>Opens one checkpoint that the user named.</summary>
    /// <exception cref="PganException">It is missing or damaged.</exception>
    public static Checkpoint Open(string folder) =>
        Verify(folder, Hash, out var manifest) is { } damage ? throw new PganException($"{folder}: {damage}.") : new Checkpoint(folder, manifest!);

    /// <summary>The completed iterations of a checkpoint, by its folder's name; null if that is no checkpoint's.</summary>
    public static long? Iteration(string folder) =>
        long.TryParse(Path.GetFileName(folder).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : null;

    private static string? Verify(string folder, Func<FileStream, string> hash, out CheckpointManifest? manifest)
    {
        manifest = null;
        try
        {
            var path = Path.Combine(folder, ManifestName);
            if (!File.Exists(path))
            {
                return $"{ManifestName} is missing";
            }
            manifest = CheckpointManifest.Parse(File.ReadAllBytes(path));
            if (manifest is null)
            {
                return $"{ManifestName} is damaged or of another version";
            }
            foreach (var (name, expected) in manifest.Files)
            {
                var file = Path.Combine(folder, name);
                if (!File.Exists(file))
                {
                    return $"{name} is missing";
                }
                using var stream = File.OpenRead(file);
                if (stream.Length != expected.Bytes)
                {
                    return $"{name} has {stream.Length} bytes, not {expected.Bytes}";
                }
                if (hash(stream) != expected.Sha256)
                {
                    return $"{name} is damaged (its SHA-256 differs from the manifest's)";
                }
            }
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {error.Message}";
        }
    }

    private void Publish(string temporary, string target)
    {
        AtomicFile.FlushFolder(temporary);
        if (Directory.Exists(target))
        {
            // It is damaged or of another spec.
            Directory.Move(target, Doomed(target));
        }
        Directory.Move(temporary, target);
        AtomicFile.FlushFolder(root);
        RemoveLeftovers();
    }

    // What is behind the one just written is of a run that went back, because it was damaged or another worker's state counts: it takes nobody's
    // place, and goes unless it is whole. Of those before it, damaged ones are nothing to go back to.
    private void Prune(long written)
    {
        var kept = 1;
        foreach (var folder in Folders())
        {
            var iteration = Iteration(folder);
            if (iteration == written || ((iteration > written || kept < keep) && Verify(folder, KnownHash, out _) is null))
            {
                kept += iteration < written ? 1 : 0;
                continue;
            }
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                _hashed.Remove(file);
            }
            // Renamed first, so that a crash in between leaves no checkpoint with half of its files.
            Directory.Move(folder, Doomed(folder));
            Directory.Delete(Doomed(folder), recursive: true);
        }
    }

    private string Doomed(string folder) => Path.Combine(root, $".{Path.GetFileName(folder)}.old");

    private void RemoveLeftovers()
    {
        if (Directory.Exists(root))
        {
            foreach (var folder in Directory.EnumerateDirectories(root, TemporaryPrefix + "*"))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Discard(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report; the next write removes what is left.
        }
    }

    private static string Hash(FileStream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    // For what is only kept: a disk that loses bits is found out where a checkpoint is opened.
    private string KnownHash(FileStream stream)
    {
        var written = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
        if (!_hashed.TryGetValue(stream.Name, out var known) || known.Written != written)
        {
            _hashed[stream.Name] = known = (written, Hash(stream));
        }
        return known.Sha256;
    }
}

/// <summary>A whole checkpoint on the disk; its bytes were checked when it was opened.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Manifest">What it says about itself.</param>
public sealed record Checkpoint(string Folder, CheckpointManifest Manifest)
{
    /// <summary>The path of one of its files.</summary>
    public string File(string name) => Path.Combine(Folder, name);
}

/// <summary>Names in a checkpoint. Tensors have the reference's state_dict names, so that weights travel both ways.</summary>
public static class CheckpointFiles
{
    /// <summary>The generator as trained: parameters and buffers.</summary>
    public const string Generator = "generator.safetensors";

    /// <summary>The generator's moving average with the generator's buffers: what samples are drawn from.</summary>
    public const string Average = "generator_ema.safetensors";

    /// <summary>The trained half of the reference's discriminator.</summary>
    public const string Discriminator = "discriminator.safetensors";

    /// <summary>The random projections of its frozen half; the feature network itself is named by hash in the manifest.</summary>
    public const string Projection = "projection.safetensors";

    /// <summary>Adam's moments of both networks, by parameter.</summary>
    public const string Optimizer = "optimizer.safetensors";

    internal const string DiscriminatorPrefix = "discriminator.";
    internal const string ProjectorPrefix = "feature_network.";
    internal const string GeneratorMoments = "generator.";
    internal const string DiscriminatorMoments = "discriminator.";
    internal const string FirstMoment = ".exp_avg";
    internal const string SecondMoment = ".exp_avg_sq";

    internal static bool IsProjection(string name) => name.StartsWith("scratch.", StringComparison.Ordinal);
}

/// <summary>Writes checkpoints on a thread of its own, one at a time. Used by the training thread.</summary>
/// <param name="store">Where they go.</param>
/// <param name="written">Told the folder, from the writing thread.</param>
/// <param name="failed">Told the reason in one line, from the writing thread.</param>
internal sealed class CheckpointWriter(CheckpointStore store, Action<string> written, Action<string> failed)
{
    private Thread? _thread;
    private PganException? _failure;

    /// <summary>Starts to write a snapshot, once the one before it is written, and disposes it.</summary>
    public void Begin(TrainingSnapshot snapshot)
    {
        _thread?.Join();
        _failure = null;
        _thread = new Thread(() => Write(snapshot)) { IsBackground = true, Name = "checkpoint" };
        _thread.Start();
    }

    /// <summary>Waits for the last snapshot.</summary>
    /// <exception cref="PganException">It could not be written.</exception>
    public void Finish()
    {
        _thread?.Join();
        _thread = null;
        if (_failure is { } failure)
        {
            _failure = null;
            throw failure;
        }
    }

    private void Write(TrainingSnapshot snapshot)
    {
        string folder;
        try
        {
            using (snapshot)
            {
                folder = store.Write(snapshot.Manifest, snapshot.Files);
            }
        }
        catch (Exception error)
        {
            _failure = error as PganException ?? new PganException($"{store.Root}: the checkpoint cannot be written: {error.Message}", error);
            failed(_failure.Message);
            return;
        }
        // The checkpoint is whole: what its news lead to is no failure of it.
        written(folder);
    }
}
