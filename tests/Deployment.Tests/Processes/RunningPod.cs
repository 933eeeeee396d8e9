using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Processes;

/// <summary>A process of <c>pgan</c>. It dies with the test.</summary>
internal sealed class RunningPod : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _printed = new();
    private readonly Process _process;
    private readonly string _name;

    private RunningPod(Pod pod, JsonObject container, string? announcement)
    {
        _name = pod.Name;
        ProcessStartInfo start = new(Tool.Pgan.Path, pod.Arguments(container)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Directory.CreateDirectory(pod.Folder).FullName };
        foreach ((var name, var value) in pod.Environment(container))
        {
            start.Environment[name] = value;
        }

        start.Environment["PGAN_HOME"] = pod.Folder;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data, announcement);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, announcement);
        if (announcement is not null)
        {
            _process.Exited += (_, _) => _announced.TrySetException(new InvalidOperationException($"{_name} ended at once:\n{Printed}"));
        }

        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it printed, for messages.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>Starts the container's command and waits for a line that begins with the announcement.</summary>
    public static async Task<RunningPod> StartAsync(Pod pod, JsonObject container, string announcement)
    {
        RunningPod running = new(pod, container, announcement);
        try
        {
            await running._announced.Task.WaitAsync(Patience);
            return running;
        }
        catch (TimeoutException)
        {
            await running.DisposeAsync();
            throw new TimeoutException($"{pod.Name} did not say '{announcement}' within {Patience}:\n{running.Printed}");
        }
    }

    /// <summary>Runs the container's command to its end.</summary>
    public static async Task<int> RunAsync(Pod pod, JsonObject container, StringBuilder printed)
    {
        await using RunningPod running = new(pod, container, announcement: null);
        var code = await running.WaitAsync();
        printed.Append(running.Printed);
        return code;
    }

    /// <summary>Sends SIGTERM, as the kubelet does, and waits for the end.</summary>
    public async Task<int> TerminateAsync()
    {
        Process.Start("kill", ["-TERM", $"{_process.Id}"])!.WaitForExit();
        return await WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not end within {Patience}:\n{Printed}");
        }

        return _process.ExitCode;
    }

    private void Hear(string? line, string? announcement)
    {
        lock (_printed)
        {
            _printed.AppendLine(line);
        }

        if (announcement is not null && line?.StartsWith(announcement, StringComparison.Ordinal) == true)
        {
            _announced.TrySetResult();
        }
    }
}
