using Deployment.Tests.Tools;

namespace Deployment.Tests.Docker;

/// <summary>The instructions of deploy/docker/Dockerfile, in the order of the file, with continued lines joined.</summary>
internal static class Dockerfile
{
    private static readonly string[] Known =
        ["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    public static IReadOnlyList<(string Name, string Arguments)> Instructions { get; } = Read();

    public static IEnumerable<string> Of(string name) => Instructions.Where(instruction => instruction.Name == name).Select(instruction => instruction.Arguments);

    private static List<(string Name, string Arguments)> Read()
    {
        List<(string, string)> found = [];
        var pending = "";
        foreach (var line in File.ReadLines(Repository.At("deploy", "docker", "Dockerfile")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            pending += line.TrimEnd('\\').Trim() + " ";
            if (line.EndsWith('\\'))
            {
                continue;
            }

            var parts = pending.Trim().Split(' ', 2);
            Assert.True(Known.Contains(parts[0]), $"'{parts[0]}' is no instruction of a Dockerfile.");
            found.Add((parts[0], parts.ElementAtOrDefault(1) ?? ""));
            pending = "";
        }

        Assert.Equal("", pending);
        return found;
    }
}
