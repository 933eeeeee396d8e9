using System.Reflection;
using Deployment.Tests.Tools;
using ProjectedGan.Build;

namespace Deployment.Tests.Build;

/// <summary>The build's step that lets TorchSharp's library load on a system with an older libstdc++.</summary>
[Trait("Speed", "Slow")]
public sealed class WeakenVersionNeedTests : IDisposable
{
    private const string TorchSharpVersion = "GLIBCXX_3.4.32";

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-elf-").FullName;

    private static string TorchSharpPackage { get; } = typeof(WeakenVersionNeedTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "TorchSharpPackage").Value!;

    private static string TorchSharpLibrary => Path.Combine(TorchSharpPackage, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Weaken_OfAMadeUpLibrary_ChangesOneField()
    {
        var path = new MadeUpLibrary().Write(At("made-up.so"));
        ElfLibrary library = new(path);
        Assert.Equal((true, false), library.Needs("MADE_UP_2.0"));
        library.Weaken("MADE_UP_2.0");
        library.Write(At("weak.so"));
        Assert.Equal((true, true), new ElfLibrary(At("weak.so")).Needs("MADE_UP_2.0"));
        Assert.Equal((true, false), new ElfLibrary(At("weak.so")).Needs("MADE_UP_1.0"));
        Assert.Equal((true, false), new ElfLibrary(path).Needs("MADE_UP_2.0"));
        AssertOneChange(path, At("weak.so"));
    }

    [Fact]
    public void Weaken_OfTorchSharpsLibrary_ChangesOneField()
    {
        ElfLibrary library = new(TorchSharpLibrary);
        Assert.Equal((true, false), library.Needs(TorchSharpVersion));
        library.Weaken(TorchSharpVersion);
        library.Write(At("weak.so"));
        Assert.Equal((true, true), new ElfLibrary(At("weak.so")).Needs(TorchSharpVersion));
        AssertOneChange(TorchSharpLibrary, At("weak.so"));
    }

    [Fact]
    public void Weaken_OfTorchSharpsLibrary_RefusesAVersionThatRelocationsUse() =>
        AssertFault(() => new ElfLibrary(TorchSharpLibrary).Weaken("GLIBCXX_3.4.21"), "uses a symbol of GLIBCXX_3.4.21");

    [Fact]
    public void Weaken_OfAVersionInUse_IsRefused() =>
        AssertFault(() => new ElfLibrary(new MadeUpLibrary { IsUsed = true }.Write(At("used.so"))).Weaken("MADE_UP_2.0"), "used.so uses a symbol of MADE_UP_2.0");

    [Fact]
    public void Weaken_OfAVersionThatIsNotNeeded_IsRefused() =>
        AssertFault(() => new ElfLibrary(new MadeUpLibrary().Write(At("other.so"))).Weaken("GLIBCXX_3.4.32"), "other.so does not need GLIBCXX_3.4.32");

    [Fact]
    public void Open_OfAnotherKindOfFile_NamesTheFieldAndItsValue()
    {
        AssertFault(() => _ = new ElfLibrary(new MadeUpLibrary { Class = 1 }.Write(At("a.so"))), "a.so has ELF class 1, where 2 (64 bits) is expected");
        AssertFault(() => _ = new ElfLibrary(new MadeUpLibrary { ByteOrder = 2 }.Write(At("b.so"))), "b.so has ELF byte order 2, where 1 (little-endian) is expected");
        AssertFault(() => _ = new ElfLibrary(new MadeUpLibrary { Machine = 183 }.Write(At("c.so"))), "c.so has ELF machine 183, where 62 (x86-64) is expected");
        File.WriteAllText(At("d.so"), "version https://git-lfs.github.com/spec/v1\noid sha256:0123456789\nsize 2399008\n");
        AssertFault(() => _ = new ElfLibrary(At("d.so")), "d.so is no ELF file");
        File.WriteAllBytes(At("e.so"), []);
        AssertFault(() => _ = new ElfLibrary(At("e.so")), "e.so is no ELF file");
    }

    [Fact]
    public void Weaken_OfAFileThatWasCutOff_IsRefusedAtEveryLength()
    {
        var whole = File.ReadAllBytes(new MadeUpLibrary().Write(At("whole.so")));
        for (var length = 0; length < whole.Length; length += 3)
        {
            File.WriteAllBytes(At("cut.so"), whole[..length]);
            AssertFault(() => new ElfLibrary(At("cut.so")).Weaken("MADE_UP_2.0"), "cut.so");
        }
    }

    [Fact]
    public void Defines_KnowsTheVersionsOfTheSystemsLibrary()
    {
        ElfLibrary system = new(WeakenVersionNeed.LoadedLibrary("libstdc++.so.6"));
        Assert.True(system.Defines("GLIBCXX_3.4"));
        Assert.False(system.Defines("GLIBCXX_3.4.32767"));
        Assert.True(new ElfLibrary(new MadeUpLibrary().Write(At("made-up.so"))).Defines("MADE_UP_1.0"));
    }

    [Fact]
    public void Build_OnASystemWithoutTheVersion_UsesAWeakCopyAndMakesItOnce()
    {
        var library = new MadeUpLibrary().Write(At("libLibTorchSharp.so"));
        var before = File.ReadAllBytes(library);
        var copy = At("obj/libstdc++/libLibTorchSharp.so");
        Assert.Contains($"use {copy} as runtimes/linux-x64/native", Build("MADE_UP_2.0").Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal((true, true), new ElfLibrary(copy).Needs("MADE_UP_2.0"));
        Assert.Equal(before, File.ReadAllBytes(library));
        var made = File.GetLastWriteTimeUtc(copy);
        Assert.Contains($"use {copy}", Build("MADE_UP_2.0").Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(made, File.GetLastWriteTimeUtc(copy));
    }

    [Fact]
    public void Build_OnASystemWithTheVersion_UsesThePackagesFile()
    {
        var library = new MadeUpLibrary().Write(At("libLibTorchSharp.so"));
        Assert.Contains($"use {library} as runtimes/linux-x64/native", Build("GLIBCXX_3.4").Succeeded().Output, StringComparison.Ordinal);
        Assert.False(File.Exists(At("obj/libstdc++/libLibTorchSharp.so")));
    }

    [Fact]
    public void Build_WithAnotherFile_EndsWithOneLine()
    {
        new MadeUpLibrary { Machine = 183 }.Write(At("libLibTorchSharp.so"));
        var built = Build("MADE_UP_2.0");
        built.Refused("has ELF machine 183, where 62 (x86-64) is expected; restore the packages anew");
        Assert.Single(built.Output.Split('\n'), line => line.Contains("error", StringComparison.Ordinal));
    }

    /// <summary>Runs the project's own targets on a project that has resolved nothing but the library.</summary>
    private ToolResult Build(string version)
    {
        File.WriteAllText(At("made-up.proj"), $"""
            <Project DefaultTargets="Show">
              <PropertyGroup>
                <IntermediateOutputPath>obj/</IntermediateOutputPath>
                <CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies>
                <WeakTorchSharpVersion>{version}</WeakTorchSharpVersion>
              </PropertyGroup>
              <Target Name="ResolvePackageAssets">
                <ItemGroup>
                  <RuntimeTargetsCopyLocalItems Include="{At("libLibTorchSharp.so")}" RuntimeIdentifier="linux-x64" DestinationSubDirectory="runtimes/linux-x64/native" />
                </ItemGroup>
              </Target>
              <Import Project="{Repository.At("build", "TorchFiles.targets")}" />
              <Target Name="Show" DependsOnTargets="ResolvePackageAssets">
                <Message Importance="high" Text="use %(RuntimeTargetsCopyLocalItems.FullPath) as %(RuntimeTargetsCopyLocalItems.DestinationSubDirectory)" />
              </Target>
            </Project>
            """);
        return new Tool("dotnet").Run("msbuild", At("made-up.proj"), "-nologo", "-v:minimal", "-nodeReuse:false");
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static void AssertFault(Action action, string words)
    {
        var message = Assert.Throws<InvalidDataException>(action).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void AssertOneChange(string before, string after)
    {
        byte[] old = File.ReadAllBytes(before), changed = File.ReadAllBytes(after);
        Assert.Equal(old.Length, changed.Length);
        Assert.Single(Enumerable.Range(0, old.Length), index => old[index] != changed[index]);
    }
}
