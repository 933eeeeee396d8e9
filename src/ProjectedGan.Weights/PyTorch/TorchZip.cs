using System.IO.Compression;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>PyTorch's zip format: <c>NAME/data.pkl</c> and one entry <c>NAME/data/KEY</c> a storage.</summary>
internal sealed class TorchZip : ITorchStorageBytes
{
    private const string PickleName = "data.pkl";

    // TorchScript programs alone have it.
    private const string ConstantsName = "constants.pkl";

    // data.pkl takes about a hundred bytes a tensor.
    private const long LongestPickle = 64L << 20;

    private readonly Lock _lock = new();
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _storages = new(StringComparer.Ordinal);

    private TorchZip(ZipArchive archive)
    {
        _archive = archive;
    }

    /// <summary>Whether a zip file is a TorchScript program.</summary>
    /// <exception cref="WeightFileException">It is damaged.</exception>
    public static bool IsProgram(string path, Stream file)
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            return archive.Entries.FirstOrDefault(IsPickle) is { } main && archive.GetEntry(Root(main) + ConstantsName) is not null;
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Damaged(path, error);
        }
    }

    /// <summary>Opens the archive and its pickle. Takes the stream over.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="file">The archive.</param>
    /// <param name="readsPrograms">Whether a TorchScript program's tensors are read; its code never is.</param>
    /// <exception cref="WeightFileException">It is no PyTorch archive, or a program where none is read.</exception>
    public static (TorchZip Storages, MemoryStream Pickle) Open(string path, Stream file, bool readsPrograms)
    {
        TorchZip? zip = null;
        try
        {
            zip = new TorchZip(new ZipArchive(file, ZipArchiveMode.Read));
            return (zip, zip.Pickle(path, readsPrograms));
        }
        catch (Exception error) when (IsDamage(error))
        {
            Close();
            throw Damaged(path, error);
        }
        catch
        {
            Close();
            throw;
        }

        void Close()
        {
            zip?.Dispose();
            file.Dispose();
        }
    }

    public long Length(string key) => _storages.TryGetValue(key, out var entry) ? entry.Length : -1;

    public void Read(string key, long offset, Span<byte> destination)
    {
        // The entries share one stream.
        lock (_lock)
        {
            try
            {
                using var stream = _storages[key].Open();
                Skip(stream, offset);
                stream.ReadExactly(destination);
            }
            catch (Exception error) when (IsDamage(error) && error is not IOException)
            {
                throw new InvalidDataException(error.Message);
            }
        }
    }

    public void Dispose() => _archive.Dispose();

    // What ZipArchive throws on bytes that are no proper archive.
    private static bool IsDamage(Exception error) =>
        error is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException;

    private static WeightFileException Damaged(string path, Exception error) =>
        new($"'{path}' begins as a zip file but is damaged or truncated ({error.Message}); fetch it again.");

    private static string Root(ZipArchiveEntry pickle) => pickle.FullName[..^PickleName.Length];

    private MemoryStream Pickle(string path, bool readsPrograms)
    {
        var main = _archive.Entries.Where(IsPickle).ToArray();
        if (main.Length != 1)
        {
            throw new WeightFileException($"'{path}' is a zip file with {main.Length} entries data.pkl; a PyTorch file has one.");
        }
        var root = Root(main[0]);
        if (!readsPrograms && _archive.GetEntry(root + ConstantsName) is not null)
        {
            throw new WeightFileException(
                $"'{path}' is a TorchScript program, which would run code; refused. Save its state_dict() with torch.save instead.");
        }
        CheckByteOrder(path, _archive.GetEntry(root + "byteorder"));
        foreach (var entry in _archive.Entries.Where(entry => entry.FullName.StartsWith(root + "data/", StringComparison.Ordinal)))
        {
            _storages[entry.FullName[(root.Length + "data/".Length)..]] = entry;
        }
        return Content(path, main[0], LongestPickle);
    }

    private static bool IsPickle(ZipArchiveEntry entry) =>
        entry.FullName == PickleName || entry.FullName.EndsWith("/" + PickleName, StringComparison.Ordinal);

    private static void CheckByteOrder(string path, ZipArchiveEntry? entry)
    {
        if (entry is not null && !Content(path, entry, 64).ToArray().AsSpan().SequenceEqual("little"u8))
        {
            throw new WeightFileException($"'{path}' was saved on a big-endian machine; save it again on a little-endian one.");
        }
    }

    private static MemoryStream Content(string path, ZipArchiveEntry entry, long most)
    {
        if (entry.Length > most)
        {
            throw new WeightFileException($"'{path}': its entry '{entry.FullName}' has {entry.Length} bytes, at most {most} are read.");
        }
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return new MemoryStream(bytes, writable: false);
    }

    private static void Skip(Stream stream, long count)
    {
        if (stream.CanSeek)
        {
            stream.Seek(count, SeekOrigin.Current);
            return;
        }
        Span<byte> discarded = stackalloc byte[4096];
        while (count > 0)
        {
            var part = discarded[..(int)Math.Min(discarded.Length, count)];
            stream.ReadExactly(part);
            count -= part.Length;
        }
    }
}
