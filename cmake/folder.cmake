# SPDX-License-Identifier: Apache-2.0
# postern_folder(NAME FLOORS... OUTSIDE libraries... ROOMS folders...): the library of one folder. Its headers
# are seen as NAME/..., the floors below it are public, the outside libraries stay inside its .cpp files.
# A room is a folder in it that is a target of its own.
function(postern_folder name)
  cmake_parse_arguments(arg "" "" "FLOORS;OUTSIDE;ROOMS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(room ${arg_ROOMS})
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${room}/")
  endforeach()
  add_library(postern_${name} STATIC ${sources})
  target_include_directories(postern_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  foreach(floor ${arg_FLOORS})
    target_link_libraries(postern_${name} PUBLIC postern_${floor})
  endforeach()
  target_link_libraries(postern_${name} PRIVATE ${arg_OUTSIDE})
endfunction()
