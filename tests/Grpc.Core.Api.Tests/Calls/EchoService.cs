namespace Grpc.Core.Api.Tests.Calls;

/// <summary>The served side of echo.proto. It keeps what it saw of the last call for the test to look at.</summary>
internal sealed class EchoService(SeenCall seen) : Echo.EchoBase
{
    public override async Task<EchoMessage> Unary(EchoMessage request, ServerCallContext context)
    {
        seen.Record(context);
        if (request.Text == "wait")
        {
            await seen.UntilCancelledAsync(context.CancellationToken);
        }

        if (request.Text == "fail")
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "asked to fail"), new Metadata { { "reason", "test" }, { "detail-bin", [1, 2, 3] } });
        }

        await context.WriteResponseHeadersAsync(new Metadata { { "served-by", "echo" } });
        context.ResponseTrailers.Add("seen", "1");
        return request;
    }

    public override async Task<EchoMessage> Collect(IAsyncStreamReader<EchoMessage> requestStream, ServerCallContext context)
    {
        var texts = new List<string>();
        while (await requestStream.MoveNext())
        {
            texts.Add(requestStream.Current.Text);
        }

        return new EchoMessage { Text = string.Join(",", texts) };
    }

    public override async Task Expand(EchoMessage request, IServerStreamWriter<EchoMessage> responseStream, ServerCallContext context)
    {
        foreach (char letter in request.Text)
        {
            await responseStream.WriteAsync(new EchoMessage { Text = letter.ToString() }, context.CancellationToken);
        }

        context.ResponseTrailers.Add("count", request.Text.Length.ToString());
    }

    public override async Task Chat(IAsyncStreamReader<EchoMessage> requestStream, IServerStreamWriter<EchoMessage> responseStream, ServerCallContext context)
    {
        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(new EchoMessage { Text = "re: " + message.Text });
        }
    }
}
