using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Samples;
using Tensorboard;

namespace ProjectedGan.Cli.Runs;

/// <summary>
/// A sitting's figures and sheets for TensorBoard: one file of events in the run's folder, whose steps are real images seen. Of a figure,
/// steps only rise: what is done again after a rollback is left out. Thread-safe. A file that cannot be written is given up with a warning;
/// the run goes on.
/// </summary>
/// <remarks>
/// The format is TFRecord: the length (8 bytes, little-endian), its checksum, a message of type Event, the message's checksum; the messages
/// are TorchSharp's. Its SummaryWriter is not used: its wall times are ticks, its steps have 32 bits, and it knows no restarts.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    // As large as a browser shows them; the files of samples/ have every pixel.
    private const int WidestSheet = 1024;

    private const uint ChecksumMask = 0xa282ead8;
    private const int Grey = 1, Rgb = 3;

    private static int Files;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _last = [];
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private FileStream? _file;

    private EventFile(TimeProvider time, Action<string> warn)
    {
        _time = time;
        _warn = warn;
    }

    /// <summary>Begins a file beside those of earlier sittings.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="from">The first step that this sitting does: TensorBoard forgets what earlier files say of it and of later ones.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Told once where the file cannot be written.</param>
    public static EventFile Create(RunFolder folder, long from, TimeProvider time, Action<string> warn)
    {
        EventFile events = new(time, warn);
        // TensorBoard looks for "tfevents" and reads files in the order of their names.
        var writer = $"{Environment.MachineName}.{Environment.ProcessId}.{Interlocked.Increment(ref Files)}";
        var path = Path.Combine(folder.Path, $"events.out.tfevents.{time.GetUtcNow().ToUnixTimeSeconds():D10}.{writer}");
        events.Guard(() => events._file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite));
        events.Write(new Event { FileVersion = "brain.Event:2" });
        events.Write(new Event { Step = from, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        return events;
    }

    /// <summary>Writes what is known of one step.</summary>
    /// <param name="step">Real images seen.</param>
    /// <param name="figures">Each figure's name, <c>group/name</c>, and value.</param>
    public void Figures(long step, params IEnumerable<(string Name, double Value)> figures)
    {
        lock (_gate)
        {
            Summary summary = new();
            summary.Value.AddRange(figures.Where(figure => IsNew(figure.Name, step))
                .Select(figure => new Summary.Types.Value { Tag = figure.Name, SimpleValue = (float)figure.Value }));
            if (summary.Value.Count > 0)
            {
                Write(new Event { Step = step, Summary = summary });
            }
        }
    }

    /// <summary>Writes a sheet, halved until it fits.</summary>
    /// <param name="step">Real images seen.</param>
    /// <param name="name">The sheet's name.</param>
    /// <param name="sheet">1 or 3 channels.</param>
    public void Sheet(long step, string name, ImageBuffer sheet)
    {
        lock (_gate)
        {
            if (!IsNew(name, step))
            {
                return;
            }

            var shown = WalkSheet.Shrink(sheet, WidestSheet);
            Summary.Types.Image image = new()
            {
                Width = shown.Width,
                Height = shown.Height,
                Colorspace = shown.Channels == 1 ? Grey : Rgb,
                EncodedImageString = UnsafeByteOperations.UnsafeWrap(ImageCodec.EncodePng(shown)),
            };
            Write(new Event { Step = step, Summary = new Summary { Value = { new Summary.Types.Value { Tag = name, Image = image } } } });
        }
    }

    public void Dispose() => _file?.Dispose();

    private bool IsNew(string name, long step)
    {
        if (_last.TryGetValue(name, out var last) && step <= last)
        {
            return false;
        }

        _last[name] = step;
        return true;
    }

    private void Write(Event happened)
    {
        happened.WallTime = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        var message = happened.ToByteArray();
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)message.Length);
        // In one piece: who reads meanwhile, and a crash, meet whole records almost always.
        byte[] record = [.. length, .. Checksum(length), .. message, .. Checksum(message)];
        Guard(() =>
        {
            _file?.Write(record);
            _file?.Flush();
        });
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
            _warn($"no more events for TensorBoard are written: {error.Message}");
        }
    }

    // CRC-32C, rotated right by 15 bits and shifted by a constant, so that a checksum of data with checksums in it is no special case.
    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        var checksum = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, BitOperations.RotateRight(~crc, 15) + ChecksumMask);
        return checksum;
    }
}
