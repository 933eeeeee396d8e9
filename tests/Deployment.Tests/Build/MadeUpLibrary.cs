using System.Text;

namespace Deployment.Tests.Build;

/// <summary>A shared library that holds nothing but symbol versions: one that it needs, one that it defines.</summary>
internal sealed record MadeUpLibrary
{
    private const int HeaderBytes = 64;

    public string Needs { get; init; } = "MADE_UP_2.0";

    public string Defines { get; init; } = "MADE_UP_1.0";

    /// <summary>Whether a relocation uses the symbol of the needed version.</summary>
    public bool IsUsed { get; init; }

    public byte Class { get; init; } = 2;

    public byte ByteOrder { get; init; } = 1;

    public ushort Machine { get; init; } = 62;

    /// <summary>Writes the file and gives its path back.</summary>
    public string Write(string path)
    {
        // Sections, in the order of their numbers: none, names, versions of symbols, needs, definitions, relocations.
        var names = Encoding.ASCII.GetBytes($"\0libmadeup.so\0{Needs}\0{Defines}\0");
        uint needed = (uint)"\0libmadeup.so\0".Length, defined = needed + (uint)Needs.Length + 1;
        (uint Type, uint Link, uint Count, byte[] Bytes)[] sections =
        [
            (0, 0, 0, []),
            (3, 0, 0, names),
            (0x6fffffff, 0, 0, Bytes((ushort)0, (ushort)2, (ushort)5)),
            // A need is one file (Verneed) with two versions (Vernaux); the second is the one that is looked for.
            (0x6ffffffe, 1, 1, Bytes((ushort)1, (ushort)2, 1u, 16u, 0u, 7u, (ushort)0, (ushort)2, defined, 16u, 9u, (ushort)0, (ushort)5, needed, 0u)),
            (0x6ffffffd, 1, 1, Bytes((ushort)1, (ushort)0, (ushort)3, (ushort)1, 7u, 20u, 0u, defined, 0u)),
            (4, 0, 0, Bytes(0ul, 1u, IsUsed ? 2u : 1u, 0ul)),
        ];
        using BinaryWriter file = new(File.Create(path));
        file.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', Class, ByteOrder, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write(Bytes((ushort)3, Machine, 1u, 0ul, 0ul, (ulong)HeaderBytes, 0u, (ushort)HeaderBytes, (ushort)0, (ushort)0, (ushort)HeaderBytes, (ushort)sections.Length, (ushort)1));
        var offset = (ulong)(HeaderBytes * (1 + sections.Length));
        foreach ((var type, var link, var count, var bytes) in sections)
        {
            file.Write(Bytes(0u, type, 0ul, 0ul, offset, (ulong)bytes.Length, link, count, 0ul, 0ul));
            offset += (ulong)bytes.Length;
        }

        foreach ((_, _, _, var bytes) in sections)
        {
            file.Write(bytes);
        }

        return path;
    }

    private static byte[] Bytes(params object[] fields) => [.. fields.SelectMany(field => field switch
    {
        ushort half => BitConverter.GetBytes(half),
        uint word => BitConverter.GetBytes(word),
        _ => BitConverter.GetBytes((ulong)field),
    })];
}
