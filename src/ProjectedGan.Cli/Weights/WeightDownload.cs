using System.Net;
using System.Net.Http.Headers;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Cli.Weights;

/// <summary>
/// Fetches published weight files over HTTP into a folder. What was interrupted stays there as <c>NAME.part</c> and is continued,
/// by this call or a later one; a file gets its name when its hash was found right.
/// </summary>
/// <param name="client">What asks.</param>
/// <param name="folder">Where files go; made when it is missing.</param>
internal sealed class WeightDownload(HttpClient client, string folder)
{
    private const int Attempts = 4;
    private const int BufferBytes = 1 << 18;

    /// <summary>How long a server may send nothing.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Fetches a file and checks its hash.</summary>
    /// <param name="file">The file.</param>
    /// <param name="address">Where to ask for it; its publisher's address, or a mirror's.</param>
    /// <param name="progress">Hears of bytes that are here and bytes of the whole file, where the server says them.</param>
    /// <param name="cancellation">Stops; the part that is here stays.</param>
    /// <returns>The file's path.</returns>
    /// <exception cref="WeightFileException">It cannot be reached, is not there, or is not the file that was published.</exception>
    public async Task<string> FetchAsync(PublishedFile file, Uri address, Action<long, long?> progress, CancellationToken cancellation)
    {
        var part = Path.Combine(folder, file.Name + ".part");
        try
        {
            Directory.CreateDirectory(folder);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await AppendAsync(part, address, progress, cancellation);
                    break;
                }
                // Not a refusal: a line that broke, which goes on where it ended.
                catch (Exception error) when (attempt < Attempts && error is HttpIOException)
                {
                }
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException($"{address} cannot be fetched: {error.Message.TrimEnd('.')}.");
        }

        return Verified(file, part);
    }

    private async Task AppendAsync(string part, Uri address, Action<long, long?> progress, CancellationToken cancellation)
    {
        await using FileStream target = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (target.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The part is the whole file, or of another one; its hash says which.
            return;
        }

        response.EnsureSuccessStatusCode();
        var continues = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == target.Length;
        if (response.StatusCode == HttpStatusCode.PartialContent && !continues)
        {
            throw new IOException("the server sent another part of the file than it was asked for");
        }

        target.SetLength(continues ? target.Length : 0);
        target.Position = target.Length;
        var whole = target.Length + response.Content.Headers.ContentLength;
        await using var source = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[BufferBytes];
        for (var read = await ReadAsync(source, buffer, cancellation); read > 0; read = await ReadAsync(source, buffer, cancellation))
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            progress(target.Position, whole);
        }
    }

    private async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            return await source.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"the server has sent nothing for {Patience.TotalSeconds:0.#} seconds");
        }
        // A broken connection is told from a full disk, which no second attempt helps.
        catch (IOException error) when (error is not HttpIOException)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, error.Message);
        }
    }

    private string Verified(PublishedFile file, string part)
    {
        var sha256 = WeightFile.Sha256(part);
        if (file.Sha256Start is { } start && !sha256.StartsWith(start, StringComparison.Ordinal))
        {
            File.Delete(part);
            throw new WeightFileException(
                $"What was fetched as '{file.Name}' is another file: its SHA-256 is {sha256}, the published one begins with {start}. Nothing was kept; fetch it again.");
        }

        var path = Path.Combine(folder, file.Name);
        File.Move(part, path, overwrite: true);
        return path;
    }
}
