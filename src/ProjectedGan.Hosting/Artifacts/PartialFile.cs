using System.Security.Cryptography;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>
/// A file on its way in: grows under a temporary name, survives interruptions, and takes its own name only when its SHA-256 is
/// right and its bytes are on the disk. One writer at a time, over processes too.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private readonly string _path;
    private readonly ArtifactDigest _digest;
    private readonly long _length;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private PartialFile(string path, ArtifactDigest digest, long length, FileStream stream)
    {
        _path = path;
        _digest = digest;
        _length = length;
        _stream = stream;
    }

    /// <summary>Bytes that are here.</summary>
    public long Position => _stream.Position;

    /// <summary>Opens or creates the file, drops what lies behind <paramref name="offset"/> and reads the rest into the hash.</summary>
    /// <param name="path">The temporary name.</param>
    /// <param name="digest">What the whole must hash to.</param>
    /// <param name="length">Bytes of the whole.</param>
    /// <param name="offset">Where the writer goes on; null for as far as the file got.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ArtifactException">Another writer has it, or the offset lies behind its end.</exception>
    public static async Task<PartialFile> OpenAsync(string path, ArtifactDigest digest, long length, long? offset, CancellationToken cancellation)
    {
        var stream = Open(path, digest);
        PartialFile partial = new(path, digest, length, stream);
        try
        {
            var start = offset ?? Math.Min(stream.Length, length);
            if (start < 0 || start > stream.Length || start > length)
            {
                throw new ArtifactException(ArtifactFault.Invalid, $"Artifact {digest}: it cannot go on at byte {start}; {stream.Length} of {length} bytes are here.");
            }

            stream.SetLength(start);
            await partial.HashExistingAsync(cancellation);
            return partial;
        }
        catch (Exception error)
        {
            await partial.DisposeAsync();
            throw error is IOException or UnauthorizedAccessException ? ArtifactException.From($"Artifact {digest}", error) : error;
        }
    }

    /// <exception cref="ArtifactException">More than the announced length, or the disk is full; what was written before stays.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (data.Length > _length - Position)
        {
            throw new ArtifactException(ArtifactFault.Invalid, $"Artifact {_digest}: more than the announced {_length} bytes came.");
        }

        var before = Position;
        try
        {
            await _stream.WriteAsync(data, cancellation);
            _hash.AppendData(data.Span);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A half-written piece is cut off, so that what stays is what the hash covers.
            _stream.SetLength(before);
            throw ArtifactException.From($"Artifact {_digest} cannot be stored", error);
        }
    }

    /// <summary>Checks the whole and gives it its name.</summary>
    /// <param name="target">A path on the same file system.</param>
    /// <exception cref="ArtifactException">It is too short (what is here stays), or its hash is another (it is dropped).</exception>
    public async Task PublishAsync(string target)
    {
        if (Position != _length)
        {
            throw new ArtifactException(ArtifactFault.Invalid, $"Artifact {_digest}: {Position} of {_length} bytes came; send the rest.");
        }

        var actual = ArtifactDigest.FromHash(_hash.GetCurrentHash());
        if (actual != _digest)
        {
            await _stream.DisposeAsync();
            File.Delete(_path);
            throw new ArtifactException(ArtifactFault.Damaged, $"Artifact {_digest}: the bytes hash to {actual}; they were dropped. The file changed meanwhile, or was damaged on its way.");
        }

        try
        {
            _stream.Flush(flushToDisk: true);
            // Closed first: whoever finds the file under its name may be another process, which this one's lock would keep out.
            await _stream.DisposeAsync();
            Rename(target);
            AtomicFile.FlushFolder(Path.GetDirectoryName(target)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArtifactException.From($"'{target}' cannot be stored", error);
        }
    }

    /// <summary>Closes the file; what is here stays for the next try.</summary>
    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _stream.DisposeAsync();
    }

    private void Rename(string target)
    {
        try
        {
            File.Move(_path, target, overwrite: true);
        }
        catch (FileNotFoundException) when (File.Exists(target))
        {
            // Another process took the finished file over between closing and renaming.
        }
    }

    private static FileStream Open(string path, ArtifactDigest digest)
    {
        try
        {
            // Unbuffered: what was accepted is what the file holds, so that a full disk shows at the write that met it.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // On Unix a second opening with FileShare.None fails by advisory lock, which has the code of "try again".
            const int TryAgain = 11, Sharing = unchecked((int)0x80070020);
            throw error.HResult is TryAgain or Sharing
                ? new ArtifactException(ArtifactFault.Busy, $"Artifact {digest} is on its way already; try again when that transfer has ended.", error)
                : ArtifactException.From($"'{path}' cannot be written", error);
        }
    }

    private async Task HashExistingAsync(CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        _stream.Position = 0;
        while (await _stream.ReadAsync(buffer, cancellation) is > 0 and int read)
        {
            _hash.AppendData(buffer, 0, read);
        }
    }
}
