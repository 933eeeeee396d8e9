using Google.Protobuf;
using Grpc.Core;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ArtifactCalls = ProjectedGan.Protocol.V1.Artifacts.ArtifactsClient;

namespace ProjectedGan.Cli.Tests.Security;

/// <summary>Who may call what, and how much at once.</summary>
public class AccessTests
{
    private const string Reader = "reader-0123456789abcdef", Submitter = "submitter-0123456789abcdef";

    [Fact]
    public async Task Tokens_DecideByRole()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, tokens: WriteTokens(home));
        StatRequest stat = new() { Digest = new string('a', 64) };

        Assert.Equal(0, (await Connect(server, Reader).StatAsync(stat)).Bytes);
        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(async () => await Connect(server, null).StatAsync(stat)));
        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(async () => await Connect(server, "some-other-token-entirely").StatAsync(stat)));
        Assert.Equal(StatusCode.PermissionDenied, await CodeAsync(() => UploadAsync(Connect(server, Reader))));
        Assert.Equal(StatusCode.InvalidArgument, await CodeAsync(() => UploadAsync(Connect(server, Submitter))));
    }

    [Fact]
    public async Task TokensFile_Changed_CountsWithoutARestart()
    {
        using TemporaryFolder home = new();
        var file = WriteTokens(home);
        await using var server = await RunningServer.StartAsync(home, tokens: file);
        const string Fresh = "fresh-0123456789abcdefghij";
        await File.WriteAllTextAsync(file, $"tokens:\n  - {{name: eve, role: read, token: {Fresh}}}\n");

        await Eventually.HoldsAsync("the new token is known", async () => await CodeAsync(async () => await Connect(server, Fresh).StatAsync(new StatRequest { Digest = new string('a', 64) })) is null);
        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(async () => await Connect(server, Reader).StatAsync(new StatRequest { Digest = new string('a', 64) })));
    }

    [Theory]
    [InlineData("/pgan.v1.Experiments/Get", "Read", true)]
    [InlineData("/pgan.v1.Experiments/Watch", "Read", true)]
    [InlineData("/pgan.v1.Experiments/Cancel", "Read", false)]
    [InlineData("/pgan.v1.Experiments/Submit", "Submit", true)]
    [InlineData("/pgan.v1.Experiments/Submit", "Worker", false)]
    [InlineData("/pgan.v1.Cluster/Work", "Submit", false)]
    [InlineData("/pgan.v1.Cluster/Work", "Worker", true)]
    [InlineData("/pgan.v1.Artifacts/Download", "Read", true)]
    [InlineData("/pgan.v1.Artifacts/Upload", "Worker", true)]
    [InlineData("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "Read", true)]
    [InlineData("/some.Other/Method", "Submit", false)]
    [InlineData("nonsense", "Worker", false)]
    public void MethodRoles_Table(string method, string role, bool allowed) => Assert.Equal(allowed, MethodRoles.Allows(method, Enum.Parse<Role>(role)));

    [Theory]
    [InlineData("tokens:\n  - {name: a, role: admin, token: 0123456789abcdef}", "admin")]
    [InlineData("tokens:\n  - {name: a, role: read, token: short}", "16")]
    [InlineData("tokens:\n  - {name: a, role: read}", "sha256")]
    [InlineData("tokens:\n  - {name: a, role: read, tokn: 0123456789abcdef}", "tokn")]
    [InlineData("tokens:\n  - {role: read, token: 0123456789abcdef}", "name")]
    [InlineData("tokens: []", "empty")]
    [InlineData("users: []", "tokens")]
    [InlineData("tokens: [", "YAML")]
    [InlineData("tokens:\n  - {name: a, role: read, token: 0123456789abcdef}\n  - {name: b, role: read, token: 0123456789abcdef}", "a and b")]
    public async Task TokenFile_Wrong_NamesWhat(string yaml, string hint)
    {
        using TemporaryFolder home = new();
        await File.WriteAllTextAsync(home.At("tokens.yaml"), yaml);
        Assert.Contains(hint, Assert.Throws<UsageException>(() => TokenFile.Load(home.At("tokens.yaml"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transfers_AboveTheLimit_AreRefusedAtOnce()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, limits: new CallLimits { Transfers = 1 });
        ArtifactCalls client = new(server.Connect());
        string digest = new('a', 64);
        using var held = client.Upload();
        await held.RequestStream.WriteAsync(new UploadRequest { Start = new UploadStart { Digest = digest, Bytes = 10 } });
        await held.RequestStream.WriteAsync(new UploadRequest { Data = ByteString.CopyFromUtf8("12345") });
        await Eventually.HoldsAsync("the first upload is under way", async () => (await client.StatAsync(new StatRequest { Digest = digest })).Bytes == 5);

        Assert.Equal(StatusCode.ResourceExhausted, await CodeAsync(() => UploadAsync(client)));
    }

    [Fact]
    public async Task Message_AboveTheLimit_IsRefused()
    {
        using TemporaryFolder home = new();
        await using var server = await RunningServer.StartAsync(home, limits: new CallLimits { MessageBytes = 1000 });
        ArtifactCalls client = new(server.Connect());

        Assert.Equal(StatusCode.ResourceExhausted, await CodeAsync(async () => await client.StatAsync(new StatRequest { Digest = new string('a', 2000) })));
        Assert.Equal(0, (await client.StatAsync(new StatRequest { Digest = new string('a', 64) })).Bytes);
    }

    private static string WriteTokens(TemporaryFolder home)
    {
        var hash = Convert.ToHexStringLower(TokenFile.Hash(Submitter));
        File.WriteAllText(home.At("tokens.yaml"), $"tokens:\n  - name: ada\n    role: read\n    token: {Reader}\n  - name: bob\n    role: submit\n    sha256: {hash}\n");
        return home.At("tokens.yaml");
    }

    private static ArtifactCalls Connect(RunningServer server, string? token) => new(server.Connect(new TransportOptions { Token = token }));

    private static async Task UploadAsync(ArtifactCalls client)
    {
        using var call = client.Upload();
        await call.RequestStream.CompleteAsync();
        await call.ResponseAsync;
    }

    private static async Task<StatusCode?> CodeAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }
}
