using Deployment.Tests.Tools;

namespace Deployment.Tests.Launcher;

/// <summary>A small copy of the repository: the real launcher, a few sources, and a <c>dotnet</c> that notes what it is asked for and builds until <c>WAITERS</c> commands wait for it.</summary>
internal sealed class Checkout : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-launcher-").FullName;

    public Checkout()
    {
        Copy("pgan");
        foreach (var script in Directory.EnumerateFiles(Repository.At("deploy", "launcher")))
        {
            Copy(Path.GetRelativePath(Repository.Root, script));
        }

        Copy("global.json");
        foreach (var file in (string[])["src/ProjectedGan.Cli/Program.cs", "src/ProjectedGan.Cli/packages.lock.json", "protos/pgan/v1/cluster.proto", "build/Files.targets", "Directory.Build.props", ".editorconfig", "ProjectedGan.Distributed.sln", "tests/Some.Tests/SomeTests.cs", "docs/guide.md"])
        {
            Write(file, "first");
        }

        Write("waiting", "");
        Program("flock", """
            [[ $1 == --nonblock ]] || echo >> "$ROOT/waiting"
            exec /usr/bin/flock "$@"
            """);
        Program("dotnet", """
            echo "$*" >> "$ROOT/calls"
            case "$1" in
              --version) echo "${SDK_VERSION-10.0.100}"; [[ -n ${SDK_VERSION-10.0.100} ]] ;;
              --list-sdks) echo '8.0.400 [/usr/share/dotnet/sdk]' ;;
              restore)
                printf '%s' "${RESTORE_ERROR-}"
                echo restored > "$ROOT/src/ProjectedGan.Cli/packages.lock.json"
                [[ -z ${RESTORE_ERROR-} ]] ;;
              build)
                mkdir "$ROOT/building" || exit 1
                mkdir -p "$ROOT/src/ProjectedGan.Cli/obj" "$ROOT/src/ProjectedGan.Cli/bin/Release/net10.0"
                for ((i = 0; i < 600 && $(wc -l < "$ROOT/waiting") < ${WAITERS-0}; i++)); do sleep 0.1; done
                printf '#!/bin/bash\necho product "$*"\n' > "$ROOT/src/ProjectedGan.Cli/bin/Release/net10.0/pgan"
                chmod +x "$ROOT/src/ProjectedGan.Cli/bin/Release/net10.0/pgan"
                # As the compiler's server does, this one lives on.
                sleep 60 < /dev/null > /dev/null 2>&1 & echo $! >> "$ROOT/servers"
                rmdir "$ROOT/building" ;;
            esac
            """);
    }

    /// <summary>How often the product was built.</summary>
    public int Builds => Calls.Count(call => call.StartsWith("build ", StringComparison.Ordinal));

    /// <summary>What <c>dotnet</c> was asked for.</summary>
    public IReadOnlyList<string> Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    public string At(string file) => Path.Combine(_folder, file);

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
        File.WriteAllText(At(file), text);
    }

    /// <summary>Puts a program before those of the machine.</summary>
    public void Program(string name, string body)
    {
        Write($"tools/{name}", $"#!/bin/bash\n{body}\n");
        new Tool("chmod").Run("+x", At($"tools/{name}")).Succeeded();
    }

    public ToolResult Pgan(params string[] arguments) => Pgan(new Dictionary<string, string>(), arguments);

    public ToolResult Pgan(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Dictionary<string, string> variables = new(environment) { ["ROOT"] = _folder, ["PATH"] = $"{At("tools")}:{System.Environment.GetEnvironmentVariable("PATH")}" };
        variables.TryAdd("CI", "");
        return new Tool("bash") { Environment = variables }.Run([At("pgan"), .. arguments]);
    }

    public void Dispose()
    {
        foreach (var server in File.Exists(At("servers")) ? File.ReadAllLines(At("servers")) : [])
        {
            new Tool("kill").Run(server);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Copy(string file) => Write(file, File.ReadAllText(Repository.At(file)));
}
