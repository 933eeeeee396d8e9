using Grpc.Core;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>Repeats a transfer until it is through: pauses grow, with jitter, and start anew whenever something got through.</summary>
internal sealed class TransferRetries(TransferOptions options, TimeProvider time)
{
    /// <param name="attempt">Goes on where the one before stopped; returns whether it is done; calls its argument whenever bytes got through.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task RunAsync(Func<Action, Task> attempt, CancellationToken cancellation)
    {
        long last = time.GetTimestamp();
        TimeSpan pause = options.FirstPause;
        bool wasTold = false;
        while (true)
        {
            try
            {
                await attempt(() =>
                {
                    last = time.GetTimestamp();
                    pause = options.FirstPause;
                    wasTold = false;
                });
                return;
            }
            catch (Exception error) when (IsPassing(error) && !cancellation.IsCancellationRequested && IsPatient(last))
            {
                if (!wasTold && time.GetElapsedTime(last) >= options.DelayedAfter)
                {
                    wasTold = true;
                    options.Delayed(error is RpcException rpc ? rpc.Status.Detail : error.Message);
                }

                // Without jitter all workers that lost their coordinator come back at the same moment.
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellation);
                pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
            }
        }
    }

    private static bool IsPassing(Exception error) => error switch
    {
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled
            || StatusMapping.AsksForRetry(rpc),
        ArtifactException artifact => artifact.Fault == ArtifactFault.Busy,
        _ => false,
    };

    private bool IsPatient(long last) => options.Patience == Timeout.InfiniteTimeSpan || time.GetElapsedTime(last) < options.Patience;
}
