using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Tracing;
using ProjectedGan.Tensors;

namespace ProjectedGan.Evaluator;

/// <summary>Evaluates the snapshots that the coordinator gives, one at a time, and tells the results.</summary>
/// <param name="evaluate">Does one task.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The evaluator's log.</param>
internal sealed partial class EvaluatorAgent(Func<EvaluationTask, IProgress<double>, CancellationToken, Task<EvaluationResult>> evaluate, TimeProvider time, ILogger logger)
{
    private readonly Channel<EvaluationTask> _tasks = Channel.CreateUnbounded<EvaluationTask>();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private EvaluationTask? _current;
    private CancellationTokenSource? _abandon;
    private double _progress;

    /// <summary>The heartbeat's content.</summary>
    public EvaluatorStatus Status()
    {
        lock (_lock)
        {
            return new EvaluatorStatus { Task = _current?.Id ?? "", Progress = _progress };
        }
    }

    /// <summary>Takes a command; returns at once. A coordinator repeats the present task when the connection was lost.</summary>
    public void Obey(EvaluatorCommand command)
    {
        lock (_lock)
        {
            if (command.Task is { } task)
            {
                // One that is just being abandoned has to be done anew.
                var isUnderWay = task.Id == _current?.Id && _abandon is { IsCancellationRequested: false };
                if (!isUnderWay && _waiting.Add(task.Id))
                {
                    _tasks.Writer.TryWrite(task);
                }
            }
            else if (command.KindCase == EvaluatorCommand.KindOneofCase.Abandon)
            {
                _waiting.Remove(command.Abandon);
                if (_current?.Id == command.Abandon)
                {
                    _abandon?.Cancel();
                }
            }
        }
    }

    /// <summary>Works until <paramref name="stop"/>.</summary>
    public async Task RunAsync(Action<EvaluatorMessage, Importance> send, CancellationToken stop)
    {
        await foreach (var task in _tasks.Reader.ReadAllAsync(stop))
        {
            using var abandon = CancellationTokenSource.CreateLinkedTokenSource(stop);
            lock (_lock)
            {
                if (!_waiting.Remove(task.Id))
                {
                    continue;
                }
                (_current, _abandon, _progress) = (task, abandon, 0);
            }
            EvaluationResult? result = null;
            try
            {
                result = await EvaluateAsync(task, abandon.Token);
            }
            finally
            {
                lock (_lock)
                {
                    (_current, _abandon) = (null, null);
                }
            }
            if (result is not null)
            {
                send(new EvaluatorMessage { Result = result }, Importance.Lasting);
            }
            if (_tasks.Reader.Count == 0)
            {
                TorchRuntime.GiveMemoryBack();
            }
        }
    }

    private async Task<EvaluationResult?> EvaluateAsync(EvaluationTask task, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        LogBegins(logger, task.Experiment, task.Images);
        using var span = Spans.StartEvaluation(task.Experiment, task.Images, TraceContext.Parse(task.Traceparent));
        try
        {
            var result = await evaluate(task, new Progress(share => _progress = share), cancellation);
            result.Duration = Duration.FromTimeSpan(time.GetElapsedTime(start));
            LogEnded(logger, task.Experiment, task.Images, time.GetElapsedTime(start).TotalSeconds, Describe(result));
            return result;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogAbandoned(logger, task.Experiment, task.Images);
            return null;
        }
        catch (Exception error)
        {
            LogFailed(logger, error, task.Experiment, task.Images);
            span.Fail(error);
            return new EvaluationResult { Task = task.Id, Error = ErrorLine.Of(error), Duration = Duration.FromTimeSpan(time.GetElapsedTime(start)) };
        }
    }

    private static string Describe(EvaluationResult result) =>
        result.Metrics.Count == 0 ? "a grid" : string.Join(", ", result.Metrics.Select(metric => $"{metric.Metric} {metric.Value:G6}"));

    // Progress<T> would report from the thread pool, out of order.
    private sealed class Progress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    [LoggerMessage(3101, LogLevel.Information, "Experiment {Experiment}: evaluating the snapshot of {Images} images.")]
    private static partial void LogBegins(ILogger logger, string experiment, long images);

    [LoggerMessage(3102, LogLevel.Information, "Experiment {Experiment}: the snapshot of {Images} images is drawn and measured in {Seconds:F1} s: {Values}.")]
    private static partial void LogEnded(ILogger logger, string experiment, long images, double seconds, string values);

    [LoggerMessage(3103, LogLevel.Information, "Experiment {Experiment}: the snapshot of {Images} images is no longer wanted.")]
    private static partial void LogAbandoned(ILogger logger, string experiment, long images);

    [LoggerMessage(3104, LogLevel.Error, "Experiment {Experiment}: the snapshot of {Images} images cannot be evaluated.")]
    private static partial void LogFailed(ILogger logger, Exception error, string experiment, long images);
}
