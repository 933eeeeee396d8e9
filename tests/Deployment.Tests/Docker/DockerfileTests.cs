using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Docker;

/// <summary>What can be known of the image without a container engine.</summary>
public sealed partial class DockerfileTests
{
    private static IEnumerable<string> Sources =>
        from copy in Dockerfile.Of("COPY")
        where !copy.StartsWith("--from=", StringComparison.Ordinal)
        from source in copy.Split(' ')[..^1]
        select source;

    [Fact]
    public void CopySources_AreInTheRepository() => Assert.All(Sources, source => Assert.True(Path.Exists(Repository.At(source)), $"COPY {source}: the repository has no such path."));

    [Fact]
    public void CopySources_AreNotIgnored()
    {
        string[] lines = [.. File.ReadLines(Repository.At(".dockerignore")).Where(line => line.Length > 0 && line[0] != '#')];
        Assert.Equal("*", lines[0]);
        Assert.All(Sources, source => Assert.True(IsSent(lines, source.TrimEnd('/')), $"COPY {source}: .dockerignore keeps it out."));
        Assert.False(IsSent(lines, "artifacts"), "Build outputs would be sent.");
        Assert.False(IsSent(lines, ".git"), "The history would be sent.");
    }

    [Fact]
    public void Stages_AreThereBeforeTheyAreUsed()
    {
        HashSet<string> stages = [];
        foreach ((string name, string arguments) in Dockerfile.Instructions)
        {
            if (name == "FROM")
            {
                string[] words = arguments.Split(' ');
                if (words[0].StartsWith("toolchain-", StringComparison.Ordinal))
                {
                    Assert.Superset(new HashSet<string> { "toolchain-cpu", "toolchain-cuda" }, stages);
                }

                stages.Add(words[2]);
            }
            else if (name == "COPY" && arguments.StartsWith("--from=", StringComparison.Ordinal))
            {
                Assert.Contains(arguments.Split(' ')[0]["--from=".Length..], stages);
            }
        }
    }

    [Fact]
    public void Arguments_AreDeclaredWhereTheyAreUsed()
    {
        HashSet<string> global = [], stage = [];
        bool isInStage = false;
        foreach ((string name, string arguments) in Dockerfile.Instructions)
        {
            string[] used = [.. Variable().Matches(arguments).Select(match => match.Groups[1].Value)];
            if (name == "FROM")
            {
                Assert.Empty(used.Except(global));
                (stage, isInStage) = ([], true);
            }
            else if (name == "ARG")
            {
                (isInStage ? stage : global).Add(arguments.Split('=')[0]);
            }
            else
            {
                Assert.Empty(used.Except(stage));
            }
        }
    }

    [Fact]
    public void Image_IsNobodysRoot_AndSaysWhatItIs()
    {
        (string Name, string Arguments)[] last = [.. Dockerfile.Instructions.Skip(Dockerfile.Instructions.ToList().FindLastIndex(instruction => instruction.Name == "FROM"))];
        Assert.Equal("10001:10001", Assert.Single(last, instruction => instruction.Name == "USER").Arguments);
        Assert.Equal("""["/app/pgan"]""", Assert.Single(last, instruction => instruction.Name == "ENTRYPOINT").Arguments);
        string labels = Assert.Single(last, instruction => instruction.Name == "LABEL").Arguments;
        Assert.All(
            ["title", "description", "version", "revision", "created", "licenses", "base.name"],
            label => Assert.Contains($"org.opencontainers.image.{label}=", labels, StringComparison.Ordinal));
    }

    [Fact]
    public void Bases_ArePinnedToAVersion() => Assert.All(
        Dockerfile.Of("ARG").Where(argument => argument.Contains("BASE=", StringComparison.Ordinal)),
        argument => Assert.Matches(@"^\w+=[a-z/.-]+:[0-9][\w.-]+$", argument));

    [Fact]
    public void Properties_OfTheBuild_AreThoseOfTheProjects()
    {
        string publish = Assert.Single(Dockerfile.Of("RUN"), run => run.StartsWith("dotnet publish", StringComparison.Ordinal));
        Assert.Contains("-p:OfficialPackages=true", publish, StringComparison.Ordinal);
        string targets = File.ReadAllText(Repository.At("Directory.Build.targets"));
        Assert.Contains("'$(TorchDevice)' == 'cuda'", targets, StringComparison.Ordinal);
        Assert.Contains("'$(OfficialPackages)' == 'true'", targets, StringComparison.Ordinal);
        string native = File.ReadAllText(Repository.At("native", "CMakeLists.txt"));
        Assert.All(["LIBTORCH", "PGAN_STANDIN", "PGAN_OUTPUT"], option => Assert.Contains(option, native, StringComparison.Ordinal));
    }

    [Fact]
    public void TorchConfig_ForALibtorchInParts_IsTakenByCMake()
    {
        string folder = Directory.CreateTempSubdirectory("pgan-libtorch-").FullName;
        try
        {
            string modules = Directory.CreateDirectory(Path.Combine(folder, "share", "cmake", "Torch")).FullName, libraries = Directory.CreateDirectory(Path.Combine(folder, "lib")).FullName;
            File.Copy(Repository.At("deploy", "docker", "TorchConfig.cmake"), Path.Combine(modules, "TorchConfig.cmake"));
            File.WriteAllText(Path.Combine(folder, "version"), "2.10.0\n");
            Directory.CreateDirectory(Path.Combine(folder, "include", "torch", "csrc", "api", "include"));
            string[] configure = ["-S", Repository.At("native"), "-B", Path.Combine(folder, "build"), "-G", "Ninja", $"-DLIBTORCH={folder}", "-DPGAN_STANDIN=OFF"];
            new Tool("cmake").Run(configure).Refused("has no libtorch_cpu.so and libc10.so");
            foreach (string library in (string[])["torch", "torch_cpu", "c10"])
            {
                File.WriteAllText(Path.Combine(libraries, $"lib{library}.so"), "");
            }

            Assert.Contains("pgan_torch: CUDA OFF", new Tool("cmake").Run(configure).Succeeded().Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The last line that matches decides, as in Docker; a folder is sent when something in it is let in again.
    private static bool IsSent(string[] lines, string path)
    {
        bool isSent = true;
        foreach (string line in lines)
        {
            string pattern = line.TrimStart('!');
            bool matches = pattern == "*" || path == pattern || path.StartsWith($"{pattern}/", StringComparison.Ordinal)
                || (pattern.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(pattern[..^1], StringComparison.Ordinal));
            isSent = matches ? line[0] == '!' : isSent;
        }

        return isSent;
    }

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();
}
