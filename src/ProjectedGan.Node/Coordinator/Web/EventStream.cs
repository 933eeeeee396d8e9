using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ProjectedGan.Node.Coordinator.Web;

/// <summary>Server-sent events on one response, with a sign of life in between: neither a browser nor a proxy can tell silence from a lost connection.</summary>
internal sealed class EventStream(HttpResponse response, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Runs <paramref name="act"/>, which writes events.</summary>
    public async Task RunAsync(Func<Task> act, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // The browser learns at once that it is connected.
        await WriteAsync(": follows\n\n", cancellation);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task living = LiveAsync(end.Token);
        try
        {
            await act();
        }
        finally
        {
            await end.CancelAsync();
            await living.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    public async Task WriteAsync(string text, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            await response.Body.FlushAsync(cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private async Task LiveAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(SignOfLife, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            await WriteAsync(":\n\n", cancellation);
        }
    }
}
