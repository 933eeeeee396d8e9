using System.IO.Compression;
using System.Text.Json;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// Writes a StyleGAN-style zip under a temporary name; <see cref="Finish"/> gives it its own name once it is whole on disk, and
/// disposing before that removes it.
/// </summary>
internal sealed class DatasetZipWriter : IDisposable
{
    // Fixed, so that the same images give the same bytes: the earliest time that a zip can hold.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _destination;
    private readonly string _temporary;
    private readonly List<(string Name, int? Label)> _entries = [];
    private FileStream? _file;
    private ZipArchive? _zip;

    public DatasetZipWriter(string destination)
    {
        _destination = Path.GetFullPath(destination);
        if (Directory.Exists(_destination))
            throw new DatasetException($"'{destination}' is a folder; name the zip to write.");
        Directory.CreateDirectory(Path.GetDirectoryName(_destination)!);
        _temporary = $"{_destination}.{Environment.ProcessId}.tmp";
        _file = new FileStream(_temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        _zip = new ZipArchive(_file, ZipArchiveMode.Create, leaveOpen: true);
    }

    public int Count => _entries.Count;

    /// <summary>The labels that were given so far.</summary>
    public IReadOnlyCollection<int> Labels => [.. _entries.Where(entry => entry.Label is not null).Select(entry => entry.Label!.Value)];

    public void Add(byte[] png, int? label)
    {
        var name = $"{_entries.Count / 1000:D5}/img{_entries.Count:D8}.png";
        Write(name, png);
        _entries.Add((name, label));
    }

    public void Finish(WrittenClasses classes)
    {
        Write(ImageNames.LabelFile, LabelJson(classes));
        _zip!.Dispose();
        _zip = null;
        _file!.Flush(flushToDisk: true);
        _file.Dispose();
        _file = null;
        File.Move(_temporary, _destination, overwrite: true);
    }

    public void Dispose()
    {
        if (_file is null)
            return;
        // The archive is abandoned, not disposed: disposing would write a directory to a disk that may be full.
        _zip = null;
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // The buffered rest of a file that is removed next.
        }
        _file = null;
        File.Delete(_temporary);
    }

    private void Write(string name, byte[] content)
    {
        var entry = _zip!.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = EntryTime;
        using var stream = entry.Open();
        stream.Write(content);
    }

    private byte[] LabelJson(WrittenClasses classes)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (_entries.TrueForAll(entry => entry.Label is null))
                json.WriteNull("labels");
            else
                WriteLabels(json, classes.Numbers);
            if (classes.Classes is [{ Name: not null }, ..])
            {
                json.WriteStartArray("classes");
                foreach (var named in classes.Classes.TakeWhile(named => named.Name is not null))
                    json.WriteStringValue(named.Name);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private void WriteLabels(Utf8JsonWriter json, IReadOnlyDictionary<int, int> numbers)
    {
        json.WriteStartArray("labels");
        foreach (var (name, label) in _entries)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteNumberValue(numbers[label!.Value]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
