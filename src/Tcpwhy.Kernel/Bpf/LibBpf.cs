using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>libbpf 1.x, signatures only; names and constants are its own.</summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    // libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);
    [LibraryImport(Library)]
    public static partial nint libbpf_set_print(nint fn);

    // struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz, const struct bpf_object_open_opts *opts);
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint bpf_object__open_mem(byte* obj_buf, nuint obj_buf_sz, nint opts);

    // int bpf_object__load(struct bpf_object *obj);
    [LibraryImport(Library)]
    public static partial int bpf_object__load(nint obj);

    // void bpf_object__close(struct bpf_object *obj);
    [LibraryImport(Library)]
    public static partial void bpf_object__close(nint obj);

    // struct bpf_program *bpf_object__find_program_by_name(const struct bpf_object *obj, const char *name);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__find_program_by_name(nint obj, string name);

    // struct bpf_program *bpf_object__next_program(const struct bpf_object *obj, struct bpf_program *prog);
    [LibraryImport(Library)]
    public static partial nint bpf_object__next_program(nint obj, nint prog);

    // struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *obj, const char *name);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__find_map_by_name(nint obj, string name);

    // const char *bpf_program__name(const struct bpf_program *prog);
    [LibraryImport(Library)]
    public static partial byte* bpf_program__name(nint prog);

    // const char *bpf_program__section_name(const struct bpf_program *prog);
    [LibraryImport(Library)]
    public static partial byte* bpf_program__section_name(nint prog);

    // int bpf_program__set_autoload(struct bpf_program *prog, bool autoload);
    [LibraryImport(Library)]
    public static partial int bpf_program__set_autoload(nint prog, byte autoload);

    // int bpf_program__fd(const struct bpf_program *prog);
    [LibraryImport(Library)]
    public static partial int bpf_program__fd(nint prog);

    // int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_obj_get_info_by_fd(int bpf_fd, void* info, uint* info_len);

    // struct bpf_link *bpf_program__attach(const struct bpf_program *prog);
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint bpf_program__attach(nint prog);

    // struct bpf_link *bpf_program__attach_cgroup(const struct bpf_program *prog, int cgroup_fd);
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint bpf_program__attach_cgroup(nint prog, int cgroup_fd);

    // struct bpf_link *bpf_program__attach_iter(const struct bpf_program *prog, const struct bpf_iter_attach_opts *opts);
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint bpf_program__attach_iter(nint prog, nint opts);

    // int bpf_link__fd(const struct bpf_link *link);
    [LibraryImport(Library)]
    public static partial int bpf_link__fd(nint link);

    // int bpf_link__destroy(struct bpf_link *link);
    [LibraryImport(Library)]
    public static partial int bpf_link__destroy(nint link);

    // int bpf_iter_create(int link_fd);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_iter_create(int link_fd);

    // int bpf_map__fd(const struct bpf_map *map);
    [LibraryImport(Library)]
    public static partial int bpf_map__fd(nint map);

    // void *bpf_map__initial_value(struct bpf_map *map, size_t *psize);
    [LibraryImport(Library)]
    public static partial nint bpf_map__initial_value(nint map, nuint* psize);

    // int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries);
    [LibraryImport(Library)]
    public static partial int bpf_map__set_max_entries(nint map, uint max_entries);

    // int bpf_map_lookup_elem(int fd, const void *key, void *value);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_map_lookup_elem(int fd, void* key, void* value);

    // int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_map_update_elem(int fd, void* key, void* value, ulong flags);

    // int bpf_map_get_next_key(int fd, const void *key, void *next_key);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_map_get_next_key(int fd, void* key, void* next_key);

    // int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, __u32 *count, const struct bpf_map_batch_opts *opts);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int bpf_map_lookup_batch(int fd, void* in_batch, void* out_batch, void* keys, void* values, uint* count, nint opts);

    // int libbpf_num_possible_cpus(void);
    [LibraryImport(Library)]
    public static partial int libbpf_num_possible_cpus();

    // struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx, const struct ring_buffer_opts *opts);
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint ring_buffer__new(int map_fd, delegate* unmanaged<nint, byte*, nuint, int> sample_cb, nint ctx, nint opts);

    // int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms);
    [LibraryImport(Library)]
    public static partial int ring_buffer__poll(nint rb, int timeout_ms);

    // int ring_buffer__consume(struct ring_buffer *rb);
    [LibraryImport(Library)]
    public static partial int ring_buffer__consume(nint rb);

    // void ring_buffer__free(struct ring_buffer *rb);
    [LibraryImport(Library)]
    public static partial void ring_buffer__free(nint rb);
}
