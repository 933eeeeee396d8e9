using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ProjectedGan.Rpc.Reflection;

/// <summary>The files, symbols and extensions behind a set of services, all found by name. Immutable.</summary>
public sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        ServiceDescriptor[] known = [.. services];
        Services = [.. known.Select(service => service.FullName).Distinct().Order(StringComparer.Ordinal)];
        foreach (var service in known)
        {
            Add(service.File);
        }
    }

    /// <summary>Fully qualified names, sorted.</summary>
    public IReadOnlyList<string> Services { get; }

    /// <summary>A file and all that it imports, each a serialized FileDescriptorProto, the file itself first; null when it is unknown.</summary>
    public IReadOnlyList<ByteString>? FileByName(string name) => _files.TryGetValue(name, out var file) ? WithImports(file) : null;

    /// <summary>The file that declares a service, method, message, field, enum, enum value or extension, as <see cref="FileByName"/> gives it.</summary>
    public IReadOnlyList<ByteString>? FileBySymbol(string symbol) => _symbols.TryGetValue(symbol, out var file) ? WithImports(file) : null;

    /// <summary>The file that declares an extension of a message, as <see cref="FileByName"/> gives it.</summary>
    public IReadOnlyList<ByteString>? FileByExtension(string message, int number) =>
        _extensions.TryGetValue(message, out var extensions) && extensions.TryGetValue(number, out var file) ? WithImports(file) : null;

    /// <summary>The numbers of a message's known extensions, sorted; null when the message is unknown.</summary>
    public IReadOnlyList<int>? ExtensionNumbers(string message) =>
        _extensions.TryGetValue(message, out var extensions) ? [.. extensions.Keys] : _symbols.ContainsKey(message) ? [] : null;

    private static IReadOnlyList<ByteString> WithImports(FileDescriptor file)
    {
        var ordered = new List<FileDescriptor> { file };
        for (int next = 0; next < ordered.Count; next++)
        {
            ordered.AddRange(ordered[next].Dependencies.Except(ordered));
        }

        return [.. ordered.Select(found => found.SerializedData)];
    }

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            AddSymbols([service, .. service.Methods]);
        }

        AddMessages(file.MessageTypes);
        AddEnums(file.EnumTypes);
        AddExtensions(file.Extensions);
        foreach (var import in file.Dependencies)
        {
            Add(import);
        }
    }

    private void AddMessages(IEnumerable<MessageDescriptor> messages)
    {
        foreach (var message in messages)
        {
            AddSymbols([message, .. message.Fields.InDeclarationOrder(), .. message.Oneofs]);
            AddMessages(message.NestedTypes);
            AddEnums(message.EnumTypes);
            AddExtensions(message.Extensions);
        }
    }

    private void AddEnums(IEnumerable<EnumDescriptor> enums)
    {
        foreach (var declared in enums)
        {
            AddSymbols([declared, .. declared.Values]);
        }
    }

    private void AddExtensions(ExtensionCollection extensions)
    {
        foreach (var extension in extensions.UnorderedExtensions)
        {
            AddSymbols([extension]);
            string message = extension.ExtendeeType.FullName;
            if (!_extensions.TryGetValue(message, out var known))
            {
                _extensions[message] = known = [];
            }

            known[extension.FieldNumber] = extension.File;
        }
    }

    private void AddSymbols(IEnumerable<IDescriptor> symbols)
    {
        foreach (var symbol in symbols)
        {
            _symbols[symbol.FullName] = symbol.File;
        }
    }
}
