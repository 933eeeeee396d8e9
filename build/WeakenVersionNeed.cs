// The build compiles this without implicit usings, the tests with them.
#pragma warning disable IDE0005
using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;

namespace ProjectedGan.Build;

/// <summary>
/// Writes the copy of TorchSharp's library that loads where libstdc++ is older than the compiler that built it. The library
/// names the version GLIBCXX_3.4.32 (GCC 13) without a relocation that uses it; Debian 12 ends at 3.4.30, and its loader
/// refuses the whole library, unless the need is marked weak.
/// </summary>
/// <remarks>Compiled by the build itself (TorchFiles.targets) against .NET Standard, and by the tests.</remarks>
public sealed class WeakenVersionNeed : Microsoft.Build.Utilities.Task
{
    /// <summary>The library as the package brings it; it is only read.</summary>
    [Required]
    public string Library { get; set; } = "";

    /// <summary>The symbol version whose need becomes weak.</summary>
    [Required]
    public string Version { get; set; } = "";

    /// <summary>Where the copy goes; none is left there when this system has the version.</summary>
    [Required]
    public string Copy { get; set; } = "";

    public override bool Execute()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Copy))!);
            File.Delete(Copy);
            var system = LoadedLibrary("libstdc++.so.6");
            if (!new ElfLibrary(system).Defines(Version))
            {
                var library = new ElfLibrary(Library);
                library.Weaken(Version);
                library.Write(Copy);
                Log.LogMessage(MessageImportance.Normal, "{0}: the need of {1} is weak, because {2} lacks it.", Copy, Version, system);
            }
        }
        catch (Exception fault) when (fault is IOException || fault is UnauthorizedAccessException || fault is InvalidDataException)
        {
            Log.LogError("{0}", fault.Message);
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>The file of a library of this process: .NET's own need it, so the loader chooses the same for the program that is built.</summary>
    /// <exception cref="InvalidDataException">No library of that name is loaded.</exception>
    public static string LoadedLibrary(string name)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var start = line.IndexOf('/');
            if (start >= 0 && Path.GetFileName(line).StartsWith(name, StringComparison.Ordinal))
            {
                return line.Substring(start);
            }
        }

        throw new InvalidDataException($"{name} is not loaded in the process that builds; install the .NET SDK for linux-x64, not for another C library.");
    }
}

/// <summary>The symbol versions of a shared library: ELF, 64 bits, little-endian, x86-64.</summary>
public sealed class ElfLibrary
{
    // elf.h: SHT_RELA and so on, VER_FLG_WEAK, EM_X86_64.
    private const uint Relocations = 4;
    private const uint WithoutBytes = 8;
    private const uint VersionDefinitions = 0x6ffffffd;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint SymbolVersions = 0x6fffffff;
    private const ushort Weak = 2;
    private const ushort X8664 = 62;
    private const int SectionBytes = 64;
    private const int RelocationBytes = 24;

    private readonly string _path;
    private readonly byte[] _bytes;

    /// <exception cref="InvalidDataException">The file is something else.</exception>
    public ElfLibrary(string path)
    {
        _path = path;
        _bytes = File.ReadAllBytes(path);
        if (_bytes.Length < SectionBytes || Encoding.ASCII.GetString(_bytes, 0, 4) != "\u007fELF")
        {
            throw Fault("is no ELF file");
        }

        Expect("class", _bytes[4], 2, "64 bits");
        Expect("byte order", _bytes[5], 1, "little-endian");
        Expect("type", Half(16), 3, "shared library");
        Expect("machine", Half(18), X8664, "x86-64");
        for (var index = 0; index < Half(60); index++)
        {
            var section = SectionTable + (index * SectionBytes);
            if (Word(section + 4) != WithoutBytes)
            {
                Check(Offset(section) + Long(section + 32), 0);
            }
        }
    }

    /// <summary>Whether the library has symbols of that version for others.</summary>
    public bool Defines(string version)
    {
        if (!TryFind(VersionDefinitions, out var section))
        {
            return false;
        }

        var names = Names(section);
        var entry = Offset(section);
        for (var left = Word(section + 44); left > 0; left--)
        {
            if (Name(names, Word(entry + Word(entry + 12))) == version)
            {
                return true;
            }

            entry += Word(entry + 16);
        }

        return false;
    }

    /// <summary>Whether the library needs that version, and whether the need is weak.</summary>
    public (bool Needed, bool Weak) Needs(string version)
    {
        var need = FindNeed(version);
        return (need >= 0, need >= 0 && (Half(need + 4) & Weak) != 0);
    }

    /// <summary>Marks the need of that version weak.</summary>
    /// <exception cref="InvalidDataException">The library has no such need, or a relocation uses a symbol of that version: it would not work without.</exception>
    public void Weaken(string version)
    {
        var need = FindNeed(version);
        if (need < 0)
        {
            throw Fault($"does not need {version}, as TorchSharp 0.107 does");
        }

        if (IsUsed((ushort)(Half(need + 6) & 0x7fff)))
        {
            throw Fault($"uses a symbol of {version}, which TorchSharp 0.107 does not");
        }

        BitConverter.GetBytes((ushort)(Half(need + 4) | Weak)).CopyTo(_bytes, need + 4);
    }

    /// <summary>Writes the library under another name, whole or not at all.</summary>
    public void Write(string path)
    {
        var unfinished = path + ".unfinished";
        File.WriteAllBytes(unfinished, _bytes);
        File.Delete(path);
        File.Move(unfinished, path);
    }

    /// <summary>The offset of the need's entry (Elf64_Vernaux), or -1.</summary>
    private long FindNeed(string version)
    {
        if (!TryFind(VersionNeeds, out var section))
        {
            return -1;
        }

        var names = Names(section);
        var file = Offset(section);
        for (var left = Word(section + 44); left > 0; left--)
        {
            var need = file + Word(file + 8);
            for (var needs = Half(file + 2); needs > 0; needs--)
            {
                if (Name(names, Word(need + 8)) == version)
                {
                    return need;
                }

                need += Word(need + 12);
            }

            file += Word(file + 12);
        }

        return -1;
    }

    /// <summary>Whether a relocation names a symbol of that version.</summary>
    private bool IsUsed(ushort version)
    {
        if (!TryFind(SymbolVersions, out var versions))
        {
            throw Fault("has no table of symbol versions");
        }

        for (var section = SectionTable; section < SectionTable + (SectionBytes * Half(60)); section += SectionBytes)
        {
            if (Word(section + 4) != Relocations)
            {
                continue;
            }

            for (long at = Offset(section), end = at + Long(section + 32); at < end; at += RelocationBytes)
            {
                if ((Half(Offset(versions) + (2 * (long)Word(at + 12))) & 0x7fff) == version)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private long SectionTable => Long(40);

    private bool TryFind(uint type, out long section)
    {
        for (var index = 0; index < Half(60); index++)
        {
            section = SectionTable + (index * SectionBytes);
            if (Word(section + 4) == type)
            {
                return true;
            }
        }

        section = 0;
        return false;
    }

    private long Offset(long section) => Long(section + 24);

    /// <summary>The offset of the names that a section's entries point into.</summary>
    private long Names(long section) => Offset(SectionTable + (SectionBytes * Word(section + 40)));

    private string Name(long names, uint offset)
    {
        Check(names + offset, 1);
        var start = (int)(names + offset);
        var end = Array.IndexOf(_bytes, (byte)0, start);
        return Encoding.ASCII.GetString(_bytes, start, (end < 0 ? _bytes.Length : end) - start);
    }

    private ushort Half(long offset) => BitConverter.ToUInt16(_bytes, Check(offset, 2));

    private uint Word(long offset) => BitConverter.ToUInt32(_bytes, Check(offset, 4));

    private long Long(long offset) => BitConverter.ToInt64(_bytes, Check(offset, 8));

    private int Check(long offset, int count) =>
        offset >= 0 && offset <= _bytes.Length - count ? (int)offset : throw Fault($"points to byte {offset}, and has {_bytes.Length}");

    private void Expect(string field, int value, int expected, string meaning)
    {
        if (value != expected)
        {
            throw Fault($"has ELF {field} {value}, where {expected} ({meaning}) is expected");
        }
    }

    private InvalidDataException Fault(string what) =>
        new InvalidDataException($"{_path} {what}; restore the packages anew, in the versions of Directory.Packages.props.");
}
