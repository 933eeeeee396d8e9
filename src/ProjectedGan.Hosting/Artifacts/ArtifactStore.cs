using System.Buffers;
using System.Security.Cryptography;
using Google.Protobuf;
using ProjectedGan.Foundation;
using ProjectedGan.Telemetry.Artifacts;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>
/// Files by the SHA-256 of their content, in one folder: the coordinator's datasets, weights, checkpoints and snapshots, and the cache of
/// a worker or evaluator. A file that has its name is whole. All members may be called from many threads, and a folder may be shared
/// by processes.
/// </summary>
public sealed class ArtifactStore
{
    private readonly string _partial;
    private readonly ArtifactStoreOptions _options;
    private readonly ArtifactInstruments? _instruments;
    private readonly Lock _lock = new();
    private readonly Dictionary<ArtifactDigest, FileStream> _inUse = [];

    /// <param name="folder">Made if it is missing.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="instruments">Shows how much is kept; null for nowhere.</param>
    /// <exception cref="ArtifactException">The folder cannot be made.</exception>
    public ArtifactStore(string folder, ArtifactStoreOptions options, ArtifactInstruments? instruments = null)
    {
        Folder = Path.GetFullPath(folder);
        _partial = Path.Combine(Folder, "partial");
        _options = options;
        _instruments = instruments;
        try
        {
            Directory.CreateDirectory(_partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArtifactException.From($"'{folder}' cannot hold artifacts", error);
        }

        Measure();
    }

    public string Folder { get; }

    /// <summary>Whether its folder can be seen; a disk that is not mounted has lost no file.</summary>
    public bool IsThere => Directory.Exists(_partial);

    public bool Contains(ArtifactDigest digest) => File.Exists(FileOf(digest));

    public ArtifactState Stat(ArtifactDigest digest)
    {
        FileInfo whole = new(FileOf(digest)), partial = new(PartialOf(digest));
        return whole.Exists ? new(true, whole.Length) : new(false, partial.Exists ? partial.Length : 0);
    }

    /// <summary>The whole file's path.</summary>
    /// <exception cref="ArtifactException">It is not here.</exception>
    public string Locate(ArtifactDigest digest) => Contains(digest) ? FileOf(digest) : throw Missing(digest);

    /// <summary>Opens the whole file. It stays readable when it is pruned meanwhile.</summary>
    /// <exception cref="ArtifactException">It is not here or cannot be read.</exception>
    public FileStream OpenRead(ArtifactDigest digest)
    {
        try
        {
            return new FileStream(FileOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(digest);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArtifactException.From($"Artifact {digest} cannot be read", error);
        }
    }

    /// <summary>Begins or continues a file that comes in pieces.</summary>
    /// <param name="digest">Its name.</param>
    /// <param name="length">Bytes of the whole.</param>
    /// <param name="offset">Where the pieces begin; null for as far as an earlier try got.</param>
    /// <param name="cancellation">Ends the reading of what is here.</param>
    /// <exception cref="ArtifactException">Too large, no room for it, on its way already, or a wrong offset.</exception>
    internal async Task<PartialFile> BeginAsync(ArtifactDigest digest, long length, long? offset, CancellationToken cancellation)
    {
        if (length < 0 || length > _options.LargestFile)
        {
            throw new ArtifactException(
                length < 0 ? ArtifactFault.Invalid : ArtifactFault.TooLarge,
                $"Artifact {digest} has {length} bytes; at most {_options.LargestFile} are taken.");
        }

        var missing = length - (offset ?? Stat(digest).Bytes);
        MakeRoom(digest, missing);
        CheckRoom(digest, missing);
        return await PartialFile.OpenAsync(PartialOf(digest), digest, length, offset, cancellation);
    }

    /// <summary>Checks a file that came in pieces and makes it visible under its name.</summary>
    /// <exception cref="ArtifactException">It is not what its name says, or the disk is full.</exception>
    internal async Task PublishAsync(ArtifactDigest digest, PartialFile file)
    {
        string target = FileOf(digest), folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            AtomicFile.FlushFolder(Folder);
        }

        await file.PublishAsync(target);
        Measure();
    }

    /// <summary>Copies a file of this machine into the store.</summary>
    /// <param name="source">The opened file.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <returns>Its name and length.</returns>
    /// <exception cref="ArtifactException">It is unreadable or too large, or there is no room.</exception>
    public async Task<(ArtifactDigest Digest, long Bytes)> IngestAsync(FileStream source, string name, CancellationToken cancellation)
    {
        try
        {
            // The name is the content's: it must be known before the copy, and a file that changes meanwhile is refused by its hash.
            var digest = await ArtifactDigest.OfAsync(source, cancellation);
            var length = source.Length;
            if (Contains(digest))
            {
                return (digest, length);
            }

            await using var partial = await BeginAsync(digest, length, 0, cancellation);
            source.Position = 0;
            var buffer = new byte[1 << 20];
            while (await source.ReadAsync(buffer, cancellation) is > 0 and int read)
            {
                await partial.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            await PublishAsync(digest, partial);
            return (digest, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArtifactException.From($"'{name}' cannot be read", error);
        }
    }

    /// <summary>Uses these files from now on, and no others: what was used before may go.</summary>
    public void UseOnly(IReadOnlyCollection<ArtifactDigest> digests)
    {
        lock (_lock)
        {
            foreach (var left in _inUse.Keys.Except(digests).ToArray())
            {
                _inUse.Remove(left, out var file);
                file!.Dispose();
            }
        }
    }

    /// <summary>Keeps a file here for as long as it is used, whichever process makes room.</summary>
    /// <returns>Whether it is here; it may have gone since it was looked for.</returns>
    public bool TryUse(ArtifactDigest digest)
    {
        lock (_lock)
        {
            if (_inUse.ContainsKey(digest))
            {
                return true;
            }

            var path = FileOf(digest);
            try
            {
                // Open, it is locked for all who would lock it for themselves alone.
                FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
                if (!File.Exists(path))
                {
                    file.Dispose();
                    return false;
                }

                _inUse.Add(digest, file);
            }
            catch (IOException)
            {
                return false;
            }

            try
            {
                File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's, who keeps the cache: its age is then that of its arrival.
            }

            return true;
        }
    }

    /// <summary>Deletes files that nobody needs any more, unfinished ones too.</summary>
    /// <param name="isNeeded">Whether a whole file stays.</param>
    /// <param name="untouchedSince">Younger files stay in any case: they may be about to be used.</param>
    /// <returns>Bytes that became free.</returns>
    public long Prune(Func<ArtifactDigest, bool> isNeeded, DateTimeOffset untouchedSince)
    {
        long freed = 0;
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var needed = !IsPartial(file) && (!ArtifactDigest.IsDigest(file.Name) || isNeeded(ArtifactDigest.Parse(file.Name)));
            if (needed || file.LastWriteTimeUtc > untouchedSince.UtcDateTime)
            {
                continue;
            }

            try
            {
                var length = file.Length;
                file.Delete();
                freed += length;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It stays until the next time; that costs room and nothing else.
            }
        }

        AtomicFile.FlushFolder(Folder);
        Measure();
        return freed;
    }

    // Counted anew each time: other processes may share the folder.
    private void Measure()
    {
        if (_instruments is null)
        {
            return;
        }

        try
        {
            _instruments.StoreMeasured(new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => ArtifactDigest.IsDigest(file.Name) && !IsPartial(file)).Sum(file => file.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file went while it was counted; the next change counts again.
        }
    }

    // Unfinished files are as old as their last piece. Where locks mean nothing, who has a file open can still read it.
    private void MakeRoom(ArtifactDigest coming, long bytes)
    {
        if (_options.MostBytes == long.MaxValue)
        {
            return;
        }

        try
        {
            FileInfo[] files = [.. new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => ArtifactDigest.IsDigest(file.Name))];
            var excess = Math.Max(files.Sum(file => file.Length) + bytes - _options.MostBytes, bytes - FreeBytes());
            foreach (var file in files.Where(file => file.Name != coming.ToString()).OrderBy(file => file.LastWriteTimeUtc).TakeWhile(_ => excess > 0))
            {
                excess -= TryDelete(file);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file went while it was counted: another process makes room. Whether there is enough shows next.
        }
    }

    private static long TryDelete(FileInfo file)
    {
        try
        {
            using FileStream taken = new(file.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            var length = taken.Length;
            file.Delete();
            return length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is used, or gone.
            return 0;
        }
    }

    private long FreeBytes() => new DriveInfo(Folder).AvailableFreeSpace - _options.ReservedBytes;

    private static ArtifactException Missing(ArtifactDigest digest) => new(ArtifactFault.Missing, $"Artifact {digest} is not here.");

    private void CheckRoom(ArtifactDigest digest, long needed)
    {
        var free = FreeBytes();
        if (needed > free)
        {
            throw new ArtifactException(
                ArtifactFault.DiskFull,
                $"Artifact {digest} needs {needed} more bytes, and the disk of '{Folder}' has {Math.Max(0, free)} to give (the disk is full). Free some space and try again; nothing is lost.");
        }
    }

    private bool IsPartial(FileInfo file) => string.Equals(file.DirectoryName, _partial, StringComparison.Ordinal);

    private string FileOf(ArtifactDigest digest)
    {
        var name = digest.ToString();
        return Path.Combine(Folder, name[..2], name);
    }

    private string PartialOf(ArtifactDigest digest) => Path.Combine(_partial, digest.ToString());
}

/// <summary>Bounds of a store.</summary>
public sealed record ArtifactStoreOptions
{
    /// <summary>Bytes of the largest file that is taken. Default 256 GiB, more than the largest image datasets in use.</summary>
    public long LargestFile { get; init; } = 256L << 30;

    /// <summary>Bytes that stay free on the disk: the coordinator's database must be able to write. Default 256 MiB.</summary>
    public long ReservedBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of all files; those that were used longest ago and are not in use go when another one comes. Default: no bound, for files that exist nowhere else.</summary>
    public long MostBytes { get; init; } = long.MaxValue;
}

/// <summary>How much of an artifact is here.</summary>
/// <param name="Complete">Everything, and checked.</param>
/// <param name="Bytes">Bytes of the whole or of an interrupted transfer.</param>
public readonly record struct ArtifactState(bool Complete, long Bytes);

/// <summary>Cuts a stream into messages.</summary>
public static class ArtifactPieces
{
    /// <summary>Sends everything from the stream's position to its end, through one buffer.</summary>
    /// <param name="source">What is sent.</param>
    /// <param name="pieceBytes">Bytes of a piece.</param>
    /// <param name="send">Must have serialised the piece when its task is done, as gRPC's writers have: the buffer is used again.</param>
    /// <param name="cancellation">Ends the sending.</param>
    public static async Task SendAsync(Stream source, int pieceBytes, Func<ByteString, Task> send, CancellationToken cancellation)
    {
        var buffer = new byte[pieceBytes];
        while (await source.ReadAsync(buffer, cancellation) is > 0 and int read)
        {
            await send(UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)));
        }
    }
}

/// <summary>SHA-256 of a file's content, which is its name: 64 lower-case hexadecimal digits.</summary>
public readonly record struct ArtifactDigest
{
    private const int Digits = 2 * SHA256.HashSizeInBytes;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    private readonly string? _text;

    private ArtifactDigest(string text) => _text = text;

    /// <exception cref="ArtifactException"><paramref name="text"/> is no digest; this is also what keeps paths out of file names.</exception>
    public static ArtifactDigest Parse(string text) => IsDigest(text)
        ? new(text)
        : throw new ArtifactException(ArtifactFault.Invalid, $"'{Shortened(text)}' is no artifact's digest; it must be a SHA-256 of 64 lower-case hexadecimal digits.");

    public static bool IsDigest(string text) => text.Length == Digits && !text.AsSpan().ContainsAnyExcept(Hexadecimal);

    public static ArtifactDigest FromHash(ReadOnlySpan<byte> sha256) => new(Convert.ToHexStringLower(sha256));

    /// <summary>Reads a file once through, from its beginning.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<ArtifactDigest> OfAsync(FileStream file, CancellationToken cancellation)
    {
        file.Position = 0;
        return FromHash(await SHA256.HashDataAsync(file, cancellation));
    }

    public override string ToString() => _text ?? throw new InvalidOperationException("A digest without a value was used.");

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
