using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Guides;

/// <summary>docs/install.md on one machine, word for word.</summary>
[Trait("Speed", "Slow")]
public sealed partial class InstallationGuideTests
{
    private static readonly string Address = $"127.{177 + (Environment.ProcessId % 70)}.{Environment.ProcessId / 70 % 256}.1";

    [Fact]
    public void OneMachine_AsWritten_EndsWithADistanceAndSamples()
    {
        var folder = Directory.CreateTempSubdirectory("pgan-guide-").FullName;
        try
        {
            // Built and fetched already; and the default port may be somebody else's.
            Script(Path.Combine(folder, "pgan"), $"""
                case "$1" in
                  build) ;;
                  coordinator) exec '{Tool.Pgan.Path}' "$@" --listen http://{Address}:7400 ;;
                  *) exec '{Tool.Pgan.Path}' "$@" ;;
                esac
                """);
            var tools = Directory.CreateDirectory(Path.Combine(folder, "tools")).FullName;
            Script(Path.Combine(tools, "npm"), $"cp '{Repository.At(".cache", "downloads")}'/{{lobehub-fluent-emoji-3d-1.1.0,nsfwjs-4.3.0}}.tgz .");
            var guide = string.Join('\n', Blocks());
            Assert.Contains("./pgan coordinator", guide, StringComparison.Ordinal);
            var script = $"""
                set -euo pipefail
                cd '{folder}'
                trap 'jobs=$(jobs -p); [[ -z $jobs ]] || kill -KILL $jobs' EXIT
                export PATH='{tools}':"$PATH" PGAN_HOME='{folder}' PGAN_COORDINATOR=http://{Address}:7400
                {guide}
                """;
            var walked = new Tool("bash").Run("-c", script);
            Assert.True(walked.ExitCode == 0, $"The guide's commands ended with {walked.ExitCode}:\n{walked.Output}\n{walked.Errors}\n{Logs(folder)}");
            Assert.Matches(@"160 images +done +fd_mobilenet_v2 \d+\.\d+", walked.Output);
            Assert.Contains("64 samples of result", walked.Output + walked.Errors, StringComparison.Ordinal);
            Assert.True(new FileInfo(Path.Combine(folder, "samples.png")).Length > 10_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Links_OfTheGuides_LeadSomewhere() => Assert.All(
        ["install.md", "air-gapped.md"],
        guide => Assert.All(
            Link().Matches(File.ReadAllText(Repository.At("docs", guide))).Select(match => match.Groups[1].Value),
            link => Assert.True(File.Exists(Repository.At("docs", link)), $"{guide} links to {link}.")));

    private static IEnumerable<string> Blocks()
    {
        var text = File.ReadAllText(Repository.At("docs", "install.md"));
        var section = text[text.IndexOf("\n## On one machine", StringComparison.Ordinal)..text.IndexOf("\n## On a cluster", StringComparison.Ordinal)];
        return Block().Matches(section).Select(match => match.Groups[1].Value);
    }

    private static void Script(string path, string body)
    {
        File.WriteAllText(path, $"#!/bin/bash\n{body}\n");
        new Tool("chmod").Run("+x", path).Succeeded();
    }

    private static string Logs(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*.log").Select(file => $"{Path.GetFileName(file)}:\n{File.ReadAllText(file)}"));

    [GeneratedRegex("^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([a-z-]+\.md)(?:#[a-z-]+)?\)")]
    private static partial Regex Link();
}
