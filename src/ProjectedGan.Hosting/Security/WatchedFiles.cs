using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;

namespace ProjectedGan.Hosting.Security;

/// <summary>
/// A value that is made of files and follows them. It is looked at when it is used, at most once a second: notifications of file
/// systems miss the renamed links with which Kubernetes replaces secrets. While new files are unusable the old value stays.
/// </summary>
internal sealed partial class WatchedFiles<T>
    where T : class
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly IReadOnlyList<string> _paths;
    private readonly Func<T> _load;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private string _stamp;
    private T _value;
    private long _looked;

    /// <param name="paths">The files.</param>
    /// <param name="load">Makes the value.</param>
    /// <param name="time">Measures the second.</param>
    /// <param name="logger">Told of each reload and of each failure.</param>
    /// <exception cref="PganException">The files are unusable now.</exception>
    public WatchedFiles(IReadOnlyList<string> paths, Func<T> load, TimeProvider time, ILogger logger)
    {
        _paths = paths;
        _load = load;
        _time = time;
        _logger = logger;
        _stamp = Stamp();
        _value = load();
        _looked = time.GetTimestamp();
    }

    public T Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) >= Interval)
                {
                    _looked = _time.GetTimestamp();
                    Follow();
                }

                return _value;
            }
        }
    }

    private void Follow()
    {
        var stamp = Stamp();
        if (stamp == _stamp)
        {
            return;
        }

        _stamp = stamp;
        try
        {
            _value = _load();
            LogReloaded(_logger, string.Join(", ", _paths));
        }
        catch (PganException error)
        {
            LogKept(_logger, error.Message);
        }
    }

    private string Stamp() => string.Join('|', _paths.Select(path =>
    {
        FileInfo file = new(path);
        var target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        return target is FileInfo { Exists: true } found ? $"{found.FullName}:{found.LastWriteTimeUtc.Ticks}:{found.Length}" : "-";
    }));

    [LoggerMessage(111, LogLevel.Information, "Read again because they changed: {Files}")]
    private static partial void LogReloaded(ILogger logger, string files);

    [LoggerMessage(112, LogLevel.Warning, "Changed files are unusable, the earlier ones stay in use: {Reason}")]
    private static partial void LogKept(ILogger logger, string reason);
}
