using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>
/// Copies arguments and results, so that a grain never shares objects that can change with its callers. What it copies, and what it
/// refuses, is what the official serialiser handles: simple values, common collections, and types marked [GenerateSerializer].
/// </summary>
internal sealed class ValueCopier
{
    private static readonly HashSet<Type> Simple =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Guid),
        typeof(Uri), typeof(Version), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(IPAddress), typeof(IPEndPoint),
        typeof(CultureInfo), typeof(CancellationToken), typeof(object), typeof(Complex), typeof(CompareInfo),
    ];

    private readonly ConcurrentDictionary<Type, Copier> _copiers = new();

    private delegate object Copier(object value, Session session);

    public Session NewSession() => new(this);

    /// <exception cref="CodecNotFoundException">A type in the value cannot travel.</exception>
    public object? Copy(object? value) => value is null ? null : NewSession().Copy(value);

    private Copier For(Type type) => _copiers.GetOrAdd(type, Make);

    private static Copier Make(Type type)
    {
        if (IsShared(type))
        {
            return static (value, _) => value;
        }

        if (type.IsArray)
        {
            return CopyArray;
        }

        if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            return new MemberCopier(type).Copy;
        }

        return Collections(type)
            ?? throw new CodecNotFoundException($"Could not find a copier for type {type}.{Advice(type)}");
    }

    /// <summary>Values that nobody can change need no copy.</summary>
    private static bool IsShared(Type type)
        => type.IsPrimitive || type.IsEnum || Simple.Contains(type) || type.IsDefined(typeof(ImmutableAttribute), inherit: false)
            || typeof(Type).IsAssignableFrom(type) || typeof(GrainReference).IsAssignableFrom(type) || typeof(Exception).IsAssignableFrom(type);

    private static string Advice(Type type)
        => type.Name.StartsWith("<>z__", StringComparison.Ordinal) || type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute))
            ? " It is a type of the compiler: pass a List<T>, an array or an ImmutableArray<T> instead."
            : typeof(IAddressable).IsAssignableFrom(type) ? " A grain passes a reference to itself by this.AsReference<T>()." : " Mark it with [GenerateSerializer] and its members with [Id(n)].";

    private static object CopyArray(object value, Session session)
    {
        var source = (Array)value;
        var copy = (Array)source.Clone();
        session.Remember(value, copy);
        Type element = value.GetType().GetElementType()!;
        if (!IsShared(element))
        {
            foreach (int[] index in Indices(source))
            {
                copy.SetValue(session.Copy(source.GetValue(index)), index);
            }
        }

        return copy;
    }

    private static IEnumerable<int[]> Indices(Array array)
    {
        if (array.Length == 0)
        {
            yield break;
        }

        int[] index = new int[array.Rank];
        while (true)
        {
            yield return index;
            int rank = array.Rank - 1;
            while (rank >= 0 && ++index[rank] == array.GetLength(rank))
            {
                index[rank--] = 0;
            }

            if (rank < 0)
            {
                yield break;
            }
        }
    }

    private static Copier? Collections(Type type)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        Type open = type.GetGenericTypeDefinition();
        if (open.Namespace == typeof(ImmutableArray<>).Namespace && type.GetGenericArguments().All(static element => (element.IsValueType || element.IsSealed) && IsShared(element)))
        {
            return static (value, _) => value;
        }

        string? method = open == typeof(List<>) ? nameof(CollectionCopies.List)
            : open == typeof(HashSet<>) ? nameof(CollectionCopies.HashSet)
            : open == typeof(Queue<>) ? nameof(CollectionCopies.Queue)
            : open == typeof(Stack<>) ? nameof(CollectionCopies.Stack)
            : open == typeof(SortedSet<>) ? nameof(CollectionCopies.SortedSet)
            : open == typeof(Dictionary<,>) ? nameof(CollectionCopies.Dictionary)
            : open == typeof(SortedDictionary<,>) ? nameof(CollectionCopies.SortedDictionary)
            : open == typeof(ConcurrentDictionary<,>) ? nameof(CollectionCopies.ConcurrentDictionary)
            : open == typeof(KeyValuePair<,>) ? nameof(CollectionCopies.Pair)
            : open == typeof(Memory<>) ? nameof(CollectionCopies.Memory)
            : open == typeof(ReadOnlyMemory<>) ? nameof(CollectionCopies.ReadOnlyMemory)
            : open == typeof(ReadOnlyCollection<>) ? nameof(CollectionCopies.ReadOnly)
            : open == typeof(ImmutableArray<>) ? nameof(CollectionCopies.ImmutableArray)
            : open == typeof(ImmutableList<>) ? nameof(CollectionCopies.ImmutableList)
            : open == typeof(ImmutableHashSet<>) ? nameof(CollectionCopies.ImmutableHashSet)
            : open == typeof(ImmutableDictionary<,>) ? nameof(CollectionCopies.ImmutableDictionary)
            : open == typeof(ImmutableSortedSet<>) ? nameof(CollectionCopies.ImmutableSortedSet)
            : open == typeof(ImmutableQueue<>) ? nameof(CollectionCopies.ImmutableQueue)
            : open == typeof(ImmutableSortedDictionary<,>) ? nameof(CollectionCopies.ImmutableSortedDictionary)
            : null;
        if (method is not null)
        {
            return typeof(CollectionCopies).GetMethod(method, BindingFlags.Public | BindingFlags.Static)!
                .MakeGenericMethod(type.GetGenericArguments()).CreateDelegate<Copier>();
        }

        return typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(type) ? new TupleCopier(type).Copy : null;
    }

    /// <summary>One call's copying: an object that occurs twice is copied once.</summary>
    internal sealed class Session(ValueCopier owner)
    {
        private Dictionary<object, object>? _made;

        public object? Copy(object? value)
        {
            if (value is null)
            {
                return null;
            }

            Type type = value.GetType();
            return !type.IsValueType && _made is not null && _made.TryGetValue(value, out object? made) ? made : owner.For(type)(value, this);
        }

        public T CopyOf<T>(T value) => value is null ? value : (T)Copy(value)!;

        public void Remember(object original, object copy)
            => (_made ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance))[original] = copy;
    }

    /// <summary>Copies the members that have an [Id], those of base classes included; the others keep their defaults, as over a network.</summary>
    private sealed class MemberCopier
    {
        private readonly Type _type;
        private readonly (FieldInfo Field, bool IsShared)[] _fields;

        public MemberCopier(Type type)
        {
            _type = type;
            List<(FieldInfo, bool)> fields = [];
            for (Type? level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
            {
                if (!level.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
                {
                    throw new CodecNotFoundException($"Could not find a copier for type {level}, the base of {type}. Mark it with [GenerateSerializer] and its members with [Id(n)].");
                }

                fields.AddRange(SerializedFields(level));
            }

            _fields = [.. fields];
        }

        public object Copy(object value, Session session)
        {
            object copy = _type.IsValueType || _type.GetConstructor(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, []) is null
                ? System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(_type)
                : Activator.CreateInstance(_type, nonPublic: true)!;
            if (!_type.IsValueType)
            {
                session.Remember(value, copy);
            }

            foreach ((FieldInfo field, bool isShared) in _fields)
            {
                object? member = field.GetValue(value);
                field.SetValue(copy, isShared ? member : session.Copy(member));
            }

            return copy;
        }

        private static IEnumerable<(FieldInfo Field, bool IsShared)> SerializedFields(Type level)
        {
            const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            GenerateSerializerAttribute attribute = level.GetCustomAttribute<GenerateSerializerAttribute>()!;
            HashSet<string> constructor = attribute.IncludePrimaryConstructorParameters ? PrimaryParameters(level) : [];
            foreach (FieldInfo field in level.GetFields(Declared))
            {
                PropertyInfo? property = field.Name.StartsWith('<') && field.Name.IndexOf('>') is > 1 and int end ? level.GetProperty(field.Name[1..end], Declared) : null;
                bool isPublic = property?.GetMethod?.IsPublic == true && attribute.GenerateFieldIds == GenerateFieldIds.PublicProperties;
                if (field.IsDefined(typeof(IdAttribute)) || property?.IsDefined(typeof(IdAttribute)) == true || isPublic
                    || (property is not null && constructor.Contains(property.Name)))
                {
                    yield return (field, field.IsDefined(typeof(ImmutableAttribute)) || property?.IsDefined(typeof(ImmutableAttribute)) == true);
                }
            }
        }

        // A record's positional parameters are properties of the same names; only records have the synthesised Clone or PrintMembers.
        private static HashSet<string> PrimaryParameters(Type type)
        {
            bool isRecord = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;
            return isRecord
                ? [.. type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).SelectMany(static constructor => constructor.GetParameters()).Select(static parameter => parameter.Name!)]
                : [];
        }
    }

    private sealed class TupleCopier(Type type)
    {
        public object Copy(object value, Session session)
        {
            var tuple = (System.Runtime.CompilerServices.ITuple)value;
            // The eighth element of a long tuple is a tuple itself, and the constructor takes it whole.
            FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            object?[] items = [.. fields.Select(field => session.Copy(field.GetValue(tuple)))];
            return items.Length == 0 ? value : Activator.CreateInstance(type, items)!;
        }
    }
}
