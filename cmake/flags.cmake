# SPDX-License-Identifier: Apache-2.0
# Warnings are errors in every preset; sanitizers come from the preset.
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps in std::string's operator+ that are not there.
  add_compile_options(-Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
  # It has C++20's coroutines and does not say so; libstdc++ and Boost.Asio 1.74 ask.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-D__cpp_impl_coroutine=201902L>
      -DBOOST_ASIO_HAS_CO_AWAIT=1 -DBOOST_ASIO_HAS_STD_COROUTINE=1)
endif()
if(POSTERN_SANITIZE)
  add_compile_options(-fsanitize=${POSTERN_SANITIZE})
  add_link_options(-fsanitize=${POSTERN_SANITIZE})
  if(POSTERN_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
# Where the sanitizers keep g++ 12 from inlining, it sees pairs of new and delete in Asio's coroutine frames that
# do not match. Clang 14 cannot lay out the type of a coroutine's resume function, which UBSan's `function` wants.
function(postern_uses_coroutines target)
  if(POSTERN_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-mismatched-new-delete)
  elseif(POSTERN_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -fno-sanitize=function)
  endif()
endfunction()
if(POSTERN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
