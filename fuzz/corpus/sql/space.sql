SELECT
1 ; SELECT $a(;), :b(;), @c::d; SELECT :b(;
), 2