using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Weights;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Cli.Tests.Weights;

/// <summary>Downloads of published weights, from a web server of the test's own.</summary>
public sealed class WeightPullTests
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(1 << 20);
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Fetch_LineThatBreaks_GoesOnWhereItEnded(int breaks)
    {
        using TemporaryFolder folder = new();
        List<string> ranges = [];
        await using var server = await ServeAsync(async context =>
        {
            ranges.Add(context.Request.Headers.Range.ToString());
            await AnswerAsync(context, ranges.Count <= breaks ? Content.Length / 4 : int.MaxValue);
        });

        var path = await FetchAsync(folder, server);

        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.Equal(breaks + 1, ranges.Count);
        Assert.Equal("", ranges[0]);
        Assert.All(ranges.Skip(1), range => Assert.StartsWith("bytes=", range, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_PartOfAnEarlierCall_AsksForTheRestAlone()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.At("net-0a1b2c3d.pth.part"), Content[..1000]);
        string? range = null;
        await using var server = await ServeAsync(context =>
        {
            range = context.Request.Headers.Range.ToString();
            return AnswerAsync(context, int.MaxValue);
        });

        var path = await FetchAsync(folder, server);

        Assert.Equal("bytes=1000-", range);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Fetch_WholePartWhoseHashWasNotChecked_IsTaken()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.At("net-0a1b2c3d.pth.part"), Content);
        await using var server = await ServeAsync(context => AnswerAsync(context, int.MaxValue));

        Assert.Equal(Content, await File.ReadAllBytesAsync(await FetchAsync(folder, server)));
    }

    [Fact]
    public async Task Fetch_ServerWithoutRanges_StartsAgain()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.At("net-0a1b2c3d.pth.part"), new byte[5000]);
        await using var server = await ServeAsync(context => context.Response.Body.WriteAsync(Content).AsTask());

        Assert.Equal(Content, await File.ReadAllBytesAsync(await FetchAsync(folder, server)));
    }

    [Fact]
    public async Task Fetch_AnotherFile_KeepsNothing()
    {
        using TemporaryFolder folder = new();
        await using var server = await ServeAsync(context => context.Response.WriteAsync("<html>please log in</html>"));

        var error = await Assert.ThrowsAsync<WeightFileException>(() => FetchAsync(folder, server));

        Assert.Contains($"the published one begins with {Hash[..8]}", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Fetch_ServerThatFallsSilent_IsGivenUpAndThePartStays()
    {
        using TemporaryFolder folder = new();
        await using var server = await ServeAsync(async context =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 100));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var error = await Assert.ThrowsAsync<WeightFileException>(() => FetchAsync(folder, server, TimeSpan.FromMilliseconds(200)));

        Assert.Contains("has sent nothing for 0.2 seconds", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path, "*.part"));
    }

    [Fact]
    public async Task Pull_MirrorWithAnotherFile_IsRefusedAndNothingIsImported()
    {
        using TemporaryFolder home = new();
        string? asked = null;
        await using var server = await ServeAsync(context =>
        {
            asked = context.Request.Path;
            return AnswerAsync(context, int.MaxValue);
        });

        var result = await PganProcess.RunAsync(home.Path, "weights", "pull", "resnet18", "--from", server.Urls.Single() + "/weights/");

        result.Refused(1, "resnet18-f37072fd.pth", "begins with f37072fd", "pgan weights import resnet18-f37072fd.pth --network resnet18");
        Assert.Equal("/weights/resnet18-f37072fd.pth", asked);
        Assert.Empty(Directory.GetFiles(home.At("weights")));
    }

    [Fact]
    public async Task Pull_MissingFileOrNoNetwork_SaysWhatToBring()
    {
        using TemporaryFolder home = new();
        string address;
        await using (var server = await ServeAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }))
        {
            address = server.Urls.Single();
            (await PganProcess.RunAsync(home.Path, "weights", "pull", "clip_resnet50", "--from", address)).Refused(1, "404", "bring RN50.pt");
        }

        (await PganProcess.RunAsync(home.Path, "weights", "pull", "vit_base_patch16_224", "--from", address))
            .Refused(1, "cannot be fetched", "bring jx_vit_base_p16_224-80ecf9dd.pth", "https://github.com/");
    }

    [Theory]
    [InlineData("Unknown network 'resnet'", "resnet")]
    [InlineData("npm pack nsfwjs@4.3.0", "mobilenet_v2")]
    [InlineData("is no address", "resnet18", "--from", "mirror")]
    public async Task Pull_OfWhatCannotBe_IsAUsageError(string words, params string[] arguments)
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, ["weights", "pull", .. arguments])).Refused(2, words);
    }

    [Fact]
    public async Task List_EmptyStore_NamesEachNetworksLicenceAndFile()
    {
        using TemporaryFolder home = new();
        var list = (await PganProcess.RunAsync(home.Path, "weights", "list")).Succeeded();
        Assert.All(WeightImport.Networks, network => Assert.Contains(
            list.Output.Split('\n'),
            line => line.StartsWith(network.Name + " ", StringComparison.Ordinal) && line.Contains(network.Licence, StringComparison.Ordinal)
                && line.Contains($"bring {network.FileName}", StringComparison.Ordinal)));
    }

    private static async Task<string> FetchAsync(TemporaryFolder folder, WebApplication server, TimeSpan? patience = null)
    {
        using HttpClient client = new();
        Uri address = new(server.Urls.Single() + "/net-0a1b2c3d.pth");
        WeightDownload download = new(client, folder.Path) { Patience = patience ?? TimeSpan.FromSeconds(30) };
        return await download.FetchAsync(new PublishedFile(address, Hash[..8]), address, (_, _) => { }, CancellationToken.None);
    }

    // The content from where the request wants it; a connection of fewer bytes than are left is cut.
    private static async Task AnswerAsync(HttpContext context, int most)
    {
        var start = context.Request.GetTypedHeaders().Range is { } range ? (int)range.Ranges.Single().From!.Value : 0;
        var response = context.Response;
        if (start >= Content.Length)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return;
        }

        if (start > 0)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {start}-{Content.Length - 1}/{Content.Length}";
        }

        response.ContentLength = Content.Length - start;
        await response.Body.WriteAsync(Content.AsMemory(start, Math.Min(most, Content.Length - start)));
        if (most < Content.Length - start)
        {
            await response.Body.FlushAsync();
            context.Abort();
        }
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
