using System.Diagnostics;
using ProjectedGan.Testing;

namespace ProjectedGan.Rpc.Tests.Hosting;

/// <summary>tests/interop/grpc_peer.py: another gRPC implementation, read line by line.</summary>
internal sealed class GrpcPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string> Python = new(() => PythonInterpreter.With("grpc_tools.protoc", "python3-grpcio and python3-grpc-tools"));

    private readonly Process _process;
    private readonly Task<string> _errors;

    public GrpcPeer(Uri address, string what)
    {
        var start = new ProcessStartInfo(Python.Value, [PythonInterpreter.Script("grpc_peer.py"), address.Authority, PythonInterpreter.FindAbove("protos"), what])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Waits for the next line and fails unless it is the expected one.</summary>
    public async Task ExpectAsync(string expected)
    {
        string? line = null;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The peer did not say '{expected}' within {Patience}.");
        }

        if (line is null)
        {
            Assert.Fail($"The peer ended before it said '{expected}': {await _errors}");
        }

        Assert.Equal(expected, line);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
