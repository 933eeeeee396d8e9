using System.Text.Json;

namespace ProjectedGan.Worker;

/// <summary>
/// A worker's own account of the images that its replicas took: a line of JSON each, written before the images can have any effect. With
/// the coordinator's record of which epoch committed which iteration it proves that each image was seen once. Thread-safe.
/// </summary>
public sealed class ImageLedger : IDisposable
{
    private readonly StreamWriter _file;
    private readonly Lock _lock = new();

    public ImageLedger(string path) => _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };

    public void Add(string run, long epoch, long iteration, int replica, IReadOnlyList<int> images)
    {
        var line = JsonSerializer.Serialize(new { run, epoch, iteration, replica, images });
        lock (_lock)
        {
            _file.WriteLine(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
