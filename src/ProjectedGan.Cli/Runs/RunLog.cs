using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ProjectedGan.Cli.Runs;

internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Information, "Run {Run} starts with spec {SpecHash} on {Device}")]
    public static partial void Starts(ILogger logger, string run, string specHash, string device);

    [LoggerMessage(2, LogLevel.Information, "Resumed at {ImagesSeen} images from {Checkpoint}")]
    public static partial void Resumed(ILogger logger, long imagesSeen, string checkpoint);

    [LoggerMessage(3, LogLevel.Information, "{ImagesSeen} images, {ImagesPerSecond} images/s, generator loss {GeneratorLoss}, discriminator loss {DiscriminatorLoss}, sign accuracy real {RealAccuracy} generated {GeneratedAccuracy}, gradient norms {GeneratorGradientNorm} {DiscriminatorGradientNorm}")]
    public static partial void Progress(
        ILogger logger, long imagesSeen, double imagesPerSecond, double generatorLoss, double discriminatorLoss, double realAccuracy,
        double generatedAccuracy, double generatorGradientNorm, double discriminatorGradientNorm);

    [LoggerMessage(12, LogLevel.Information, "Augmentation happens with probability {Probability}")]
    public static partial void Augments(ILogger logger, double probability);

    [LoggerMessage(4, LogLevel.Information, "{Metric} is {Value} at {ImagesSeen} images, measured in {Seconds} s")]
    public static partial void Measured(ILogger logger, string metric, double value, long imagesSeen, double seconds);

    [LoggerMessage(5, LogLevel.Information, "Checkpoint {Checkpoint} is on the disk")]
    public static partial void CheckpointWritten(ILogger logger, string checkpoint);

    [LoggerMessage(6, LogLevel.Error, "No checkpoint was written: {Reason}")]
    public static partial void CheckpointFailed(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "Non-finite gradient: {Gradient}")]
    public static partial void NonFinite(ILogger logger, string gradient);

    [LoggerMessage(8, LogLevel.Warning, "{Warning}")]
    public static partial void Degraded(ILogger logger, string warning);

    [LoggerMessage(9, LogLevel.Error, "A snapshot at {ImagesSeen} images could not be shown or measured")]
    public static partial void SnapshotFailed(ILogger logger, long imagesSeen, Exception exception);

    [LoggerMessage(10, LogLevel.Information, "Stopped at {ImagesSeen} images, {Reason}; weights {StateHash}")]
    public static partial void Stopped(ILogger logger, long imagesSeen, string reason, string stateHash);

    [LoggerMessage(11, LogLevel.Information, "The process held {PeakBytes} bytes at most in this session")]
    public static partial void Memory(ILogger logger, long peakBytes);
}

/// <summary>
/// Appends each log event as one JSON object a line: time (UTC), level, event id and name, category, message, the template's
/// values and the exception. Writing happens on a thread of its own, so that logging never waits for a disk.
/// </summary>
internal sealed class JsonLinesLoggerProvider : ILoggerProvider
{
    private readonly Channel<byte[]> _lines = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
    private readonly TimeProvider _time;
    private readonly Task _writer;

    public JsonLinesLoggerProvider(string path, TimeProvider time)
    {
        _time = time;
        FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _writer = Task.Run(() => WriteAsync(file));
    }

    public ILogger CreateLogger(string categoryName) => new JsonLinesLogger(categoryName, _lines.Writer, _time);

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writer.GetAwaiter().GetResult();
    }

    private async Task WriteAsync(FileStream file)
    {
        await using (file)
        {
            var writable = true;
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                // A full disk must not end training: the log stops, once said on the terminal, and the run goes on.
                if (!writable)
                {
                    continue;
                }

                try
                {
                    await file.WriteAsync(line);
                    await file.FlushAsync();
                }
                catch (IOException exception)
                {
                    writable = false;
                    await Console.Error.WriteLineAsync($"pgan: the log cannot be written any more: {exception.Message}");
                }
            }
        }
    }

    private sealed class JsonLinesLogger(string category, ChannelWriter<byte[]> lines, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using MemoryStream buffer = new();
            using (Utf8JsonWriter json = new(buffer))
            {
                json.WriteStartObject();
                json.WriteString("time", time.GetUtcNow());
                json.WriteString("level", logLevel.ToString());
                json.WriteNumber("eventId", eventId.Id);
                json.WriteString("event", eventId.Name);
                json.WriteString("category", category);
                json.WriteString("message", formatter(state, exception));
                WriteValues(json, state);
                if (exception is not null)
                {
                    json.WriteString("exception", exception.ToString());
                }

                json.WriteEndObject();
            }

            buffer.WriteByte((byte)'\n');
            lines.TryWrite(buffer.ToArray());
        }

        private static void WriteValues<TState>(Utf8JsonWriter json, TState state)
        {
            if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                return;
            }

            json.WriteStartObject("values");
            foreach ((var key, var value) in values)
            {
                if (key != "{OriginalFormat}")
                {
                    WriteValue(json, JsonNamingPolicy.CamelCase.ConvertName(key), value);
                }
            }

            json.WriteEndObject();
        }

        private static void WriteValue(Utf8JsonWriter json, string name, object? value)
        {
            switch (value)
            {
                case null: json.WriteNull(name); break;
                case bool flag: json.WriteBoolean(name, flag); break;
                case int or long: json.WriteNumber(name, Convert.ToInt64(value)); break;
                // JSON has no NaN or infinity; they are written as text.
                case float or double when double.IsFinite(Convert.ToDouble(value)): json.WriteNumber(name, Convert.ToDouble(value)); break;
                default: json.WriteString(name, value.ToString()); break;
            }
        }
    }
}
