using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Orleans.Runtime;

/// <summary>A method for each kind of collection that can travel; comparers are kept.</summary>
internal static class CollectionCopies
{
    public static object List<T>(object value, ValueCopier.Session session)
    {
        var source = (List<T>)value;
        var copy = new List<T>(source.Count);
        session.Remember(value, copy);
        foreach (T item in source)
        {
            copy.Add(session.CopyOf(item));
        }

        return copy;
    }

    public static object HashSet<T>(object value, ValueCopier.Session session)
    {
        var source = (HashSet<T>)value;
        var copy = new HashSet<T>(source.Count, source.Comparer);
        session.Remember(value, copy);
        copy.UnionWith(source.Select(session.CopyOf));
        return copy;
    }

    public static object SortedSet<T>(object value, ValueCopier.Session session)
    {
        var source = (SortedSet<T>)value;
        return new SortedSet<T>(source.Select(session.CopyOf), source.Comparer);
    }

    public static object Queue<T>(object value, ValueCopier.Session session) => new Queue<T>(((Queue<T>)value).Select(session.CopyOf));

    public static object Stack<T>(object value, ValueCopier.Session session) => new Stack<T>(((Stack<T>)value).Reverse().Select(session.CopyOf));

    public static object Dictionary<TKey, TValue>(object value, ValueCopier.Session session)
        where TKey : notnull
    {
        var source = (Dictionary<TKey, TValue>)value;
        var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
        session.Remember(value, copy);
        foreach ((TKey key, TValue item) in source)
        {
            copy.Add(session.CopyOf(key), session.CopyOf(item));
        }

        return copy;
    }

    public static object SortedDictionary<TKey, TValue>(object value, ValueCopier.Session session)
        where TKey : notnull
    {
        var source = (SortedDictionary<TKey, TValue>)value;
        var copy = new SortedDictionary<TKey, TValue>(source.Comparer);
        session.Remember(value, copy);
        foreach ((TKey key, TValue item) in source)
        {
            copy.Add(session.CopyOf(key), session.CopyOf(item));
        }

        return copy;
    }

    public static object ConcurrentDictionary<TKey, TValue>(object value, ValueCopier.Session session)
        where TKey : notnull
    {
        var source = (ConcurrentDictionary<TKey, TValue>)value;
        return new ConcurrentDictionary<TKey, TValue>(source.Select(pair => (KeyValuePair<TKey, TValue>)Pair<TKey, TValue>(pair, session)), source.Comparer);
    }

    public static object Pair<TKey, TValue>(object value, ValueCopier.Session session)
    {
        var source = (KeyValuePair<TKey, TValue>)value;
        return KeyValuePair.Create(session.CopyOf(source.Key), session.CopyOf(source.Value));
    }

    public static object ReadOnly<T>(object value, ValueCopier.Session session)
        => new ReadOnlyCollection<T>([.. ((ReadOnlyCollection<T>)value).Select(session.CopyOf)]);

    public static object ImmutableArray<T>(object value, ValueCopier.Session session)
    {
        var source = (ImmutableArray<T>)value;
        return source.IsDefault ? source : [.. source.Select(session.CopyOf)];
    }

    public static object ImmutableList<T>(object value, ValueCopier.Session session)
        => ((ImmutableList<T>)value).Select(session.CopyOf).ToImmutableList();

    public static object Memory<T>(object value, ValueCopier.Session session)
        => new Memory<T>((T[])session.Copy(((Memory<T>)value).ToArray())!);

    public static object ReadOnlyMemory<T>(object value, ValueCopier.Session session)
        => new ReadOnlyMemory<T>((T[])session.Copy(((ReadOnlyMemory<T>)value).ToArray())!);

    public static object ImmutableQueue<T>(object value, ValueCopier.Session session)
        => System.Collections.Immutable.ImmutableQueue.CreateRange(((ImmutableQueue<T>)value).Select(session.CopyOf));

    public static object ImmutableSortedSet<T>(object value, ValueCopier.Session session)
    {
        var source = (ImmutableSortedSet<T>)value;
        return source.Select(session.CopyOf).ToImmutableSortedSet(source.KeyComparer);
    }

    public static object ImmutableHashSet<T>(object value, ValueCopier.Session session)
    {
        var source = (ImmutableHashSet<T>)value;
        return source.Select(session.CopyOf).ToImmutableHashSet(source.KeyComparer);
    }

    public static object ImmutableDictionary<TKey, TValue>(object value, ValueCopier.Session session)
        where TKey : notnull
    {
        var source = (ImmutableDictionary<TKey, TValue>)value;
        return source.ToImmutableDictionary(pair => session.CopyOf(pair.Key), pair => session.CopyOf(pair.Value), source.KeyComparer, source.ValueComparer);
    }

    public static object ImmutableSortedDictionary<TKey, TValue>(object value, ValueCopier.Session session)
        where TKey : notnull
    {
        var source = (ImmutableSortedDictionary<TKey, TValue>)value;
        return source.ToImmutableSortedDictionary(pair => session.CopyOf(pair.Key), pair => session.CopyOf(pair.Value), source.KeyComparer, source.ValueComparer);
    }
}
