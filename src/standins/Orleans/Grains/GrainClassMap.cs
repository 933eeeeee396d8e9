using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Finds the grain classes of the program: in the loaded assemblies that refer to this one, and in those that they refer to.</summary>
internal sealed class GrainClassMap
{
    private static readonly string Here = typeof(GrainClassMap).Assembly.GetName().Name!;

    private readonly Lock _gate = new();
    private readonly HashSet<Assembly> _searched = [];
    private readonly ConcurrentDictionary<GrainType, GrainClass> _byType = new();
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainType> _byInterface = new();

    /// <exception cref="ArgumentException">No class, or more than one, implements the interface.</exception>
    public GrainType Resolve(Type interfaceType, string? classNamePrefix)
        => _byInterface.GetOrAdd((interfaceType, classNamePrefix), static (key, map) => map.Find(key.Interface, key.Prefix), this);

    /// <exception cref="ArgumentException">No grain class has that name.</exception>
    public GrainClass Class(GrainType type)
    {
        if (!_byType.TryGetValue(type, out GrainClass? found))
        {
            Search();
        }

        return found ?? _byType.GetValueOrDefault(type) ?? throw new ArgumentException($"Could not find an implementation of grain type \"{type}\".");
    }

    private GrainType Find(Type interfaceType, string? prefix)
    {
        Search();
        GrainClass[] found = [.. _byType.Values.Where(grain => interfaceType.IsAssignableFrom(grain.Class)
            && (prefix is null || grain.Class.FullName!.StartsWith(prefix, StringComparison.Ordinal)))];
        return found.Length == 1
            ? found[0].Type
            : throw new ArgumentException(found.Length == 0
                ? $"Could not find an implementation for interface {interfaceType}."
                : $"Interface {interfaceType} has several implementations: {string.Join(", ", found.Select(static grain => grain.Class))}. Name one by its prefix.");
    }

    private void Search()
    {
        lock (_gate)
        {
            foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
            {
                Search(assembly);
            }
        }
    }

    private void Search(Assembly assembly)
    {
        if (assembly.IsDynamic || !_searched.Add(assembly) || IsOfThePlatform(assembly.GetName().Name!))
        {
            return;
        }

        AssemblyName[] references = assembly.GetReferencedAssemblies();
        foreach (AssemblyName reference in references.Where(static reference => !IsOfThePlatform(reference.Name!)))
        {
            try
            {
                Search(Assembly.Load(reference));
            }
            catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or BadImageFormatException)
            {
                // An optional dependency that is not there holds no grains.
            }
        }

        if (references.Any(static reference => reference.Name == Here))
        {
            foreach (Type type in assembly.GetTypes().Where(static type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrainBase).IsAssignableFrom(type) && typeof(IAddressable).IsAssignableFrom(type)))
            {
                Add(new GrainClass(type));
            }
        }
    }

    private void Add(GrainClass grain)
    {
        if (!_byType.TryAdd(grain.Type, grain) && _byType[grain.Type].Class != grain.Class)
        {
            throw new OrleansConfigurationException($"Grain classes {_byType[grain.Type].Class} and {grain.Class} have the same grain type \"{grain.Type}\". Give one of them a [GrainType] name.");
        }
    }

    private static bool IsOfThePlatform(string name)
        => name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name is "System" or "mscorlib" or "netstandard";
}
